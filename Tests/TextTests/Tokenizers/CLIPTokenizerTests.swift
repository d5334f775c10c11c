import Files
import Foundation
import Kernels
import Testing

@testable import Text

@Suite("CLIP's tokenizer")
struct CLIPTokenizerTests {
  private static func tiny(_ variant: CLIPTokenizer.Variant = .openAI, contextLength: Int = 77) throws
    -> CLIPTokenizer
  {
    try CLIPTokenizer(
      contentsOf: variant == .openAI ? GoldenTokens.tiny.appending(path: "merges.txt.gz") : GoldenTokens.tiny,
      contextLength: contextLength, variant: variant)
  }

  @Test("Ids of 411 nasty strings equal the reference's", arguments: CLIPTokenizer.Variant.allCases)
  func nastyStrings(_ variant: CLIPTokenizer.Variant) throws {
    let tokenizer = try CLIPTokenizerTests.tiny(variant)
    for row in try GoldenTokens.load().strings {
      let ids = tokenizer.tokens(row.caption)
      #expect(
        row.tiny.ids(variant).equal(ids), "\(row.text.debugDescription) x \(row.times): \(ids.prefix(50))")
    }
  }

  @Test(
    "With CLIP's own vocabulary too", .enabled(if: GoldenTokens.hasData),
    arguments: CLIPTokenizer.Variant.allCases)
  func nastyStringsByCLIP(_ variant: CLIPTokenizer.Variant) throws {
    let tokenizer = try CLIPTokenizer(
      contentsOf: GoldenTokens.data.appending(path: "clip-bpe/bpe_simple_vocab_16e6.txt.gz"), variant: variant
    )
    for row in try GoldenTokens.load().strings {
      let ids = tokenizer.tokens(row.caption)
      #expect(
        try #require(row.clip).ids(variant).equal(ids),
        "\(row.text.debugDescription) x \(row.times): \(ids.prefix(50))")
    }
  }

  @Test(
    "Ids of all 40,460 captions of Flickr8k and of the emoji's names and keywords in 17 languages hash as the reference's",
    .enabled(if: GoldenTokens.hasData), arguments: ["flickr8k", "emoji"], CLIPTokenizer.Variant.allCases)
  func realCaptions(_ name: String, _ variant: CLIPTokenizer.Variant) throws {
    let tokenizer = try CLIPTokenizer(
      contentsOf: GoldenTokens.data.appending(
        path: variant == .openAI ? "clip-bpe/bpe_simple_vocab_16e6.txt.gz" : "clip-bpe"), variant: variant)
    let captions = try GoldenTokens.captions(name)
    let golden = try #require(try GoldenTokens.load().captions[name])
    #expect(captions.count == golden.count)
    let digest = GoldenTokens.digest(captions.map { tokenizer.tokens($0) })
    #expect(digest == (variant == .openAI ? golden.openAI : golden.huggingFace))
  }

  @Test("Both forms of one vocabulary give the same pieces under the same ids")
  func forms() throws {
    let text = "a photo of two houses, 12 birds & a flower"
    for variant in CLIPTokenizer.Variant.allCases {
      let merges = try CLIPTokenizer(
        contentsOf: GoldenTokens.tiny.appending(path: "merges.txt.gz"), variant: variant)
      let listed = try CLIPTokenizer(contentsOf: GoldenTokens.tiny, variant: variant)
      #expect(merges.vocabularySize == 1214)
      #expect(listed.vocabularySize == 1214)
      #expect(merges.pieces(text).map(\.piece) == listed.pieces(text).map(\.piece))
      #expect(merges.encode(text) == listed.encode(text))
    }
  }

  @Test("Start and end are the last two ids of OpenAI's list, and stand around every caption")
  func specials() throws {
    let tokenizer = try CLIPTokenizerTests.tiny()
    #expect(tokenizer.startOfText == 1212 && tokenizer.endOfText == 1213)
    #expect(tokenizer.encode("") == [1212, 1213])
    #expect(tokenizer.encode("\u{0}\u{1}\u{7F} \n") == [1212, 1213])
    #expect(tokenizer.encode("house").first == 1212)
    #expect(tokenizer.encode("house").last == 1213)
  }

  @Test("A caption that is too long keeps its first tokens and its end")
  func truncation() throws {
    let caption = String(repeating: "a bird ", count: 200)
    let whole = try CLIPTokenizerTests.tiny(contextLength: 10_000).encode(caption)
    let cut = try CLIPTokenizerTests.tiny(contextLength: 77).encode(caption)
    #expect(cut.count == 77)
    #expect(cut.dropLast() == whole.prefix(76))
    #expect(cut.last == 1213)
  }

  @Test("A caption that just fits is not cut")
  func fitting() throws {
    let caption = Array(repeating: "7", count: 75).joined(separator: " ")
    #expect(try CLIPTokenizerTests.tiny().encode(caption).count == 77)
    #expect(
      try CLIPTokenizerTests.tiny().encode(caption)
        == CLIPTokenizerTests.tiny(contextLength: 78).encode(caption))
    #expect(
      try CLIPTokenizerTests.tiny().encode(caption + " 7").suffix(2) == [
        try #require(CLIPTokenizerTests.tiny().encode("7").dropFirst().first), 1213,
      ])
  }

  @Test("A batch holds what each caption alone gives, for any number of threads")
  func batch() throws {
    let tokenizer = try CLIPTokenizerTests.tiny()
    let captions = try GoldenTokens.load().strings.map(\.caption)
    let single = captions.map { tokenizer.encode($0) }
    let threads = Threads.count
    defer { Threads.set(threads) }
    for count in [1, 3] {
      Threads.set(count)
      #expect(tokenizer.batch(captions, length: nil) == TokenBatch(single))
      #expect(tokenizer.batch(captions, length: 77) == TokenBatch(single, length: 77))
    }
    #expect(tokenizer.batch([], length: nil).count == 0)
  }

  @Test("Rows that are shorter than the context cut captions as a shorter context does")
  func shortRows() throws {
    let captions = ["a bird", String(repeating: "a bird ", count: 20)]
    let short = try CLIPTokenizerTests.tiny(contextLength: 9)
    #expect(
      try CLIPTokenizerTests.tiny().batch(captions, length: 9)
        == TokenBatch(captions.map { short.encode($0) }, length: 9))
  }

  @Test("Ids give plain text back")
  func text() throws {
    let tokenizer = try CLIPTokenizerTests.tiny()
    #expect(tokenizer.text(of: tokenizer.tokens("Zebras, 中文 and ğ")) == "zebras , 中文 and ğ")
  }
}

@Suite("Captions of 100 kB")
struct LongCaptionTests {
  @Test(
    "They have the tokens of their beginning, and end as others do",
    arguments: ["a bird ", "a", "é", "😀", "&amp;", "\u{0}", "ก็", "!", "e\u{301}", "<|endoftext|>", "&&am"])
  func long(_ unit: String) throws {
    let caption = String(repeating: unit, count: 100_000 / unit.utf8.count)
    for variant in CLIPTokenizer.Variant.allCases {
      let tokenizer = try CLIPTokenizer(
        contentsOf: GoldenTokens.tiny.appending(path: "merges.txt.gz"), variant: variant)
      let ids = tokenizer.encode(caption)
      #expect(ids.count == 77 || ids.count == 2)
      #expect(ids.last == tokenizer.endOfText)
      #expect(ids.dropFirst().dropLast().elementsEqual(tokenizer.tokens(caption).prefix(ids.count - 2)))
    }
    let trained = TrainedTokenizer.train(on: [caption], vocabularySize: 300, contextLength: 77)
    let ids = trained.encode(caption)
    #expect(ids.dropFirst().dropLast().elementsEqual(trained.tokens(caption).prefix(ids.count - 2)))
  }
}
