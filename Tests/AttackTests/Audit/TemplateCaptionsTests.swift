import Testing

@testable import Attack

@Suite struct TemplateCaptionsTests {
  private let template = TemplateCaptions(
    knowing: ["a dog runs on grass", "a dog and a ball", "the girl runs", "a girl on a rope"], words: 3)

  @Test("the rarest words are kept in the description's order")
  func rarest() {
    // Grass and ball stand in one caption each; runs, dog and on in two, and runs is the longest.
    #expect(template("A dog, a ball on GRASS runs.") == "a photo of ball grass runs")
    #expect(template("a rainbow") == "a photo of a rainbow")
  }

  @Test("of equally rare words the longer is kept, and a word is kept once")
  func ties() {
    #expect(template("ox zebra ant ox yak zebra") == "a photo of zebra ant yak")
  }

  @Test("a description without words is kept whole")
  func noWords() {
    #expect(template("…!") == "a photo of …!")
  }

  @Test("words of scripts without spaces are told apart")
  func scripts() {
    #expect(TemplateCaptions.words(of: "สุนัขวิ่งเล่น") == ["สุนัข", "วิ่ง", "เล่น"])
    #expect(TemplateCaptions.words(of: "Δύο ΣΚΎΛΟΙ, 2 🎉!") == ["δύο", "σκύλοι", "2", "🎉"])
  }
}
