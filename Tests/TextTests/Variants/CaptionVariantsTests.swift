import Files
import Foundation
import Kernels
import Networks
import Testing

@testable import Text

@Suite("Caption variants")
struct CaptionVariantsTests {
  private static let captions = [
    ["A black dog runs on the grass.", "A dog in a park", "The dog, running!"], ["แมวดำนั่งบนพรมสีแดง"],
    ["黒い猫が赤い絨毯に座っている。"],
    ["القطة السوداء تجلس على السجادة"], [""], ["... !"], ["\0\u{1}"], ["word"], ["😀 👨‍👩‍👧 cat"],
  ]
  private static func stream(_ seed: UInt64 = 1) -> (Int) -> RandomStream {
    let views = RandomStream(seed: seed, name: "views")
    return { views.substream($0) }
  }
  /// Only what `change` switches on.
  private static func only(_ change: (inout CaptionVariants) -> Void) -> CaptionVariants {
    var variants = CaptionVariants.none
    change(&variants)
    return variants
  }

  @Test("The same seed gives the same variants for any number of threads, alone or among others")
  func reproducible() {
    let many = (0..<20).flatMap { _ in CaptionVariantsTests.captions }
    let threads = Threads.count
    defer { Threads.set(threads) }
    Threads.set(1)
    let one = CaptionVariants.standard.variants(10, of: many, random: CaptionVariantsTests.stream())
    Threads.set(4)
    #expect(CaptionVariants.standard.variants(10, of: many, random: CaptionVariantsTests.stream()) == one)
    let few = CaptionVariants.standard.variants(3, of: [many[7]]) { _ in CaptionVariantsTests.stream()(7) }
    #expect(few == [Array(one[7].prefix(3))])
    #expect(CaptionVariants.standard.variants(10, of: many, random: CaptionVariantsTests.stream(2)) != one)
  }

  @Test("There are as many variants as asked for, and captions of words never come out empty")
  func counts() {
    let variants = CaptionVariants.standard.variants(
      50, of: CaptionVariantsTests.captions, random: CaptionVariantsTests.stream())
    #expect(variants.map(\.count) == CaptionVariantsTests.captions.map { _ in 50 })
    for (caption, own) in zip(CaptionVariantsTests.captions, variants)
    where CaptionText.words(caption[0]).contains(where: \.isWord) {
      #expect(own.allSatisfy { CaptionText.words($0).contains(where: \.isWord) })
    }
  }

  @Test("With everything switched off a variant is the caption")
  func none() {
    let variants = CaptionVariants.none.variants(
      3, of: CaptionVariantsTests.captions, random: CaptionVariantsTests.stream())
    for (caption, own) in zip(CaptionVariantsTests.captions, variants) {
      #expect(own.allSatisfy { Array($0.utf8) == Array(caption[0].utf8) })
    }
  }

  @Test("Captions of any script get many different variants", arguments: [0, 1, 2, 3])
  func variety(_ index: Int) {
    let own = CaptionVariants.standard.variants(
      40, of: [CaptionVariantsTests.captions[index]], random: CaptionVariantsTests.stream())[0]
    #expect(Set(own).count > 20)
    let words = CaptionVariantsTests.only {
      $0.dropProbability = 1; $0.dropRate = 0.3...0.3
    }
    let dropped = words.variants(40, of: [[CaptionVariantsTests.captions[index][0]]]) { _ in
      CaptionVariantsTests.stream()(0)
    }
    #expect(Set(dropped[0]).count > 10)
  }

  @Test("Words are left out at the rate asked for")
  func dropRate() {
    let caption = (0..<100).map { "w\($0)" }.joined(separator: " ")
    let variants = CaptionVariantsTests.only {
      $0.dropProbability = 1; $0.dropRate = 0.15...0.15
    }
    let left = variants.variants(200, of: [[caption]], random: CaptionVariantsTests.stream())[0]
      .reduce(0) { $0 + CaptionText.words($1).count { $0.isWord } }
    // 20,000 trials: three standard deviations are 0.0076.
    #expect(abs(Double(left) / 20_000 - 0.85) < 0.0076)
  }

  @Test("A permuted caption has the same words, each within its window, and the same text between")
  func order() {
    var text = SegmentedCaption(CaptionText.words("a, b c. d e f g!"))
    var random = RandomStream(seed: 3, name: "order")
    text.permute(window: 3, from: &random)
    #expect(text.words.prefix(3).sorted() == ["a", "b", "c"])
    #expect(text.words[3..<6].sorted() == ["d", "e", "f"])
    #expect(text.words[6] == "g")
    #expect(text.gaps == ["", ", ", " ", ". ", " ", " ", " ", "!"])
  }

  @Test("Of a caption of one word nothing is left out, and words take their gap with them")
  func drop() {
    var random = RandomStream(seed: 0, name: "drop")
    var single = SegmentedCaption(CaptionText.words("word."))
    single.drop(rate: 0.99, from: &random)
    #expect(single.text == "word.")
    var all = SegmentedCaption(CaptionText.words("(a b, c.)"))
    all.drop(rate: 1, from: &random)
    #expect(all.text == "(a.)")
    var none = SegmentedCaption(CaptionText.words("(a b, c.)"))
    none.drop(rate: 0, from: &random)
    #expect(none.text == "(a b, c.)")
  }

  @Test("Without punctuation words stay apart, and together where a script writes no spaces")
  func punctuation() {
    #expect(SegmentedCaption(CaptionText.words("A dog, two-faced!")).withoutPunctuation == "A dog two faced")
    #expect(SegmentedCaption(CaptionText.words("黒い猫。")).withoutPunctuation == "黒い猫")
    #expect(SegmentedCaption(CaptionText.words("...")).withoutPunctuation == "...")
  }

  @Test("Each kind of variation gives what it says")
  func kinds() {
    func all(_ change: (inout CaptionVariants) -> Void) -> Set<String> {
      Set(
        CaptionVariantsTests.only(change).variants(
          60, of: [CaptionVariantsTests.captions[0]], random: CaptionVariantsTests.stream())[0])
    }
    let caption = CaptionVariantsTests.captions[0][0]
    #expect(
      all { $0.caseProbability = 1 } == [
        caption.lowercased(), caption.uppercased(), "A Black Dog Runs On The Grass.",
      ])
    #expect(all { $0.otherCaptionProbability = 1 } == ["A dog in a park", "The dog, running!"])
    #expect(
      all {
        $0.templateProbability = 1; $0.templates = ["a photo of {}", "{}?"]
      } == ["a photo of \(caption)", "\(caption)?"])
    #expect(all { $0.punctuationProbability = 1 } == ["A black dog runs on the grass"])
    #expect(all { $0.spaceProbability = 1 } == [" \(caption) ", caption.replacing(" ", with: "  ")])
  }

  @Test("Settings out of range are refused by name")
  func validation() throws {
    func refusal(_ change: (inout CaptionVariants) -> Void) -> String? {
      var variants = CaptionVariants.standard
      change(&variants)
      do { try variants.validate() } catch { return error.path }
      return nil
    }
    #expect(refusal { _ in } == nil)
    #expect(refusal { $0.dropProbability = 1.5 } == "dropProbability")
    #expect(refusal { $0.dropRate = 0.5...1 } == "dropRate")
    #expect(refusal { $0.orderWindow = 1 } == "orderWindow")
    #expect(refusal { $0.templates = [] } == "templates")
    #expect(refusal { $0.templates = ["no place"] } == "templates")
    #expect(refusal { $0.spaceProbability = .nan } == "spaceProbability")
    let written = try Configuration.encode(CaptionVariants.standard)
    #expect(try Configuration.decode(CaptionVariants.self, from: written, file: "v.json") == .standard)
  }
}
