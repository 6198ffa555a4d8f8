#include <QTest>
#include <cstdint>

#include "core/run/kept_blocks.h"

using core::run::KeptBlocks;

namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;

}  // namespace

class TestKeptBlocks : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void aBlockComesBackForTheNextRequestOfItsSize() {
    KeptBlocks blocks;
    const auto first = blocks.take(kMiB);
    blocks.giveBack(first);
    QCOMPARE(blocks.bytesKept(), kMiB);
    QCOMPARE(blocks.take(kMiB).address, first.address);
    QCOMPARE(blocks.bytesInUse(), kMiB);
    QCOMPARE(blocks.bytesKept(), std::size_t{0});
    blocks.giveBack(first);
  }

  void theSmallestBlockThatFitsIsTaken() {
    KeptBlocks blocks;
    const auto large = blocks.take(12 * kMiB), small = blocks.take(10 * kMiB);
    blocks.giveBack(large);
    blocks.giveBack(small);
    QCOMPARE(blocks.take(10 * kMiB - 1000).address, small.address);
    QCOMPARE(blocks.take(10 * kMiB - 1000).address, large.address);
    blocks.giveBack(large);
    blocks.giveBack(small);
  }

  void aBlockMuchTooLargeIsLeftAlone() {
    KeptBlocks blocks;
    const auto large = blocks.take(8 * kMiB);
    blocks.giveBack(large);
    const auto small = blocks.take(kMiB);
    QVERIFY(small.address != large.address);
    QCOMPARE(small.bytes, kMiB);
    blocks.giveBack(small);
  }

  void keepingNeverHoldsMoreThanWasInUseAtOnce() {
    KeptBlocks blocks;
    blocks.giveBack(blocks.take(4 * kMiB));
    for (const std::size_t size : {3 * kMiB, 2 * kMiB, kMiB, 4 * kMiB, 2 * kMiB}) {
      const auto block = blocks.take(size);
      QVERIFY(blocks.bytesInUse() + blocks.bytesKept() <= 4 * kMiB);
      blocks.giveBack(block);
    }
  }

  void theBlockThatLayIdleLongestIsFreedFirst() {
    KeptBlocks blocks;
    const auto a = blocks.take(2 * kMiB), b = blocks.take(4 * kMiB);
    blocks.giveBack(b);
    blocks.giveBack(a);
    const auto c = blocks.take(3 * kMiB);
    QCOMPARE(blocks.bytesKept(), 2 * kMiB);
    QCOMPARE(blocks.take(2 * kMiB).address, a.address);
    blocks.giveBack(a);
    blocks.giveBack(c);
  }

  void addressesSuitVectorsAndLargePages() {
    for (const std::size_t size : {std::size_t{1}, 100 * std::size_t{1024}, 5 * kMiB}) {
      KeptBlocks blocks;
      const auto block = blocks.take(size);
      const std::size_t multiple = size >= 4 * kMiB ? 2 * kMiB : 64;
      QCOMPARE(reinterpret_cast<std::uintptr_t>(block.address) % multiple, std::uintptr_t{0});
      block.address[size - 1] = std::byte{1};
      blocks.giveBack(block);
    }
  }
};

QTEST_APPLESS_MAIN(TestKeptBlocks)

#include "tst_kept_blocks.moc"
