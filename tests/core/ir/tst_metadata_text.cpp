#include <QTest>

#include "core/ir/metadata_text.h"

using namespace core::ir;

class TestMetadataText : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void anInferenceWithoutNewsIsShort() {
    ViewAndMutationMeta metadata;
    metadata.isTrain = false;
    metadata.inputs.resize(1);
    metadata.outputs.resize(1);
    QCOMPARE(metadataText(metadata),
             std::string("inference\ninput 0: NOT_MUTATED\noutput 0: non_alias\n"));
  }

  void everyFlagHasAWord() {
    ViewAndMutationMeta metadata;
    InputInfo& input = metadata.inputs.emplace_back();
    input.mutationType = MutationType::MutatedOutGraph;
    input.mutatesData = input.mutatesMetadata = input.mutatesStorageMetadata = true;
    input.mutationsUnderNoGrad = input.requiresGrad = true;
    input.isLeaf = input.keepInputMutations = false;
    QCOMPARE(
        metadataText(metadata),
        std::string("training\ninput 0: MUTATED_OUT_GRAPH data metadata storage hidden no_grad "
                    "non_leaf requires_grad not_kept\n"));
  }

  void aReadInputIsNotCalledHidden() {
    ViewAndMutationMeta metadata;
    metadata.inputs.emplace_back().mutationsHiddenFromAutograd = true;
    QCOMPARE(metadataText(metadata), std::string("training\ninput 0: NOT_MUTATED\n"));
  }

  void outputsNameTheirBase() {
    ViewAndMutationMeta metadata;
    OutputInfo& output = metadata.outputs.emplace_back();
    output.type = OutputType::AliasOfIntermediateSaveAsOutput;
    output.baseIndex = 2;
    output.requiresGrad = true;
    metadata.intermediateBases = 3;
    QCOMPARE(metadataText(metadata),
             std::string("training\n"
                         "output 0: alias_of_intermediate_save_as_output 2 requires_grad\n"
                         "intermediate bases: 3\n"));
  }

  void tangentsShowLayoutAndDescriptor() {
    ViewAndMutationMeta metadata;
    metadata.tracedTangents.push_back(contiguousMeta(DType::F32, {2, 3}));
    metadata.tracedTangentDescriptors.push_back("TangentAOTInput(output=PlainAOTOutput(idx=0))");
    metadata.gradEnabledMutation = false;
    QCOMPARE(metadataText(metadata),
             std::string("training\n"
                         "tangent 0: f32[2, 3] TangentAOTInput(output=PlainAOTOutput(idx=0))\n"
                         "grad mode after: off\n"));
  }
};

QTEST_APPLESS_MAIN(TestMetadataText)
#include "tst_metadata_text.moc"
