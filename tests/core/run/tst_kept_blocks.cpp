#include <QTest>
#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <map>
#include <random>

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
    QCOMPARE(blocks.bytesInUse(), std::size_t{0});
    QCOMPARE(blocks.bytesHeld(), kMiB);
    QCOMPARE(blocks.take(kMiB).address, first.address);
    QCOMPARE(blocks.bytesInUse(), kMiB);
    QCOMPARE(blocks.bytesHeld(), kMiB);
  }

  void theSmallestGapThatFitsIsTaken() {
    KeptBlocks blocks;
    const auto large = blocks.take(12 * kMiB), small = blocks.take(10 * kMiB);
    blocks.giveBack(large);
    blocks.giveBack(small);
    QCOMPARE(blocks.take(10 * kMiB - 1000).address, small.address);
    QCOMPARE(blocks.take(10 * kMiB - 1000).address, large.address);
  }

  void aLargeGapIsShared() {
    KeptBlocks blocks;
    blocks.giveBack(blocks.take(8 * kMiB));
    const auto first = blocks.take(3 * kMiB), second = blocks.take(5 * kMiB);
    QCOMPARE(second.address, first.address + 3 * kMiB);
    QCOMPARE(blocks.bytesHeld(), 8 * kMiB);
  }

  void neighboursThatCameBackAreOneGap() {
    KeptBlocks blocks;
    const auto whole = blocks.take(8 * kMiB);
    blocks.giveBack(whole);
    std::array<KeptBlocks::Block, 4> parts;
    for (auto& part : parts) part = blocks.take(2 * kMiB);
    for (const std::size_t i : {0, 2, 3, 1}) blocks.giveBack(parts[i]);
    QCOMPARE(blocks.take(8 * kMiB).address, whole.address);
    QCOMPARE(blocks.bytesHeld(), 8 * kMiB);
  }

  void littleMoreIsHeldThanWasInUseAtOnce() {
    KeptBlocks blocks;
    blocks.giveBack(blocks.take(4 * kMiB));
    for (const std::size_t size : {3 * kMiB, 2 * kMiB, kMiB, 4 * kMiB, 2 * kMiB}) {
      const auto block = blocks.take(size);
      QVERIFY(blocks.bytesHeld() <= 5 * kMiB);
      blocks.giveBack(block);
    }
  }

  void idleChunksMakeRoomForOneThatAllFitInto() {
    KeptBlocks blocks;
    std::array<KeptBlocks::Block, 4> parts;
    for (auto& part : parts) part = blocks.take(kMiB);
    for (const auto& part : parts) blocks.giveBack(part);
    const auto first = blocks.take(2 * kMiB), second = blocks.take(2 * kMiB);
    QCOMPARE(second.address, first.address + 2 * kMiB);
    QCOMPARE(blocks.bytesHeld(), 4 * kMiB);
  }

  void blocksOfManyRunsNeverOverlap() {
    KeptBlocks blocks;
    std::mt19937 generator(7);
    std::map<std::byte*, KeptBlocks::Block> inUse;
    std::size_t most = 0;
    for (int i = 0; i < 4000; ++i) {
      if (generator() % 2 == 0 && !inUse.empty()) {
        const auto victim =
            std::next(inUse.begin(), static_cast<std::ptrdiff_t>(generator() % inUse.size()));
        blocks.giveBack(victim->second);
        inUse.erase(victim);
        continue;
      }
      const auto block = blocks.take(generator() % 5000 + 1);
      const auto after = inUse.emplace(block.address, block).first;
      const auto next = std::next(after);
      QVERIFY(next == inUse.end() || block.address + block.bytes <= next->first);
      if (after == inUse.begin()) continue;
      const auto& before = std::prev(after)->second;
      QVERIFY(before.address + before.bytes <= block.address);
      most = std::max(most, blocks.bytesInUse());
    }
    QVERIFY(blocks.bytesHeld() <= 2 * most);
    for (const auto& [address, block] : inUse) blocks.giveBack(block);
    QCOMPARE(blocks.bytesInUse(), std::size_t{0});
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
