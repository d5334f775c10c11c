import Testing

@testable import Attack

@Suite struct SwappedCaptionsTests {
  @Test("each caption's partner is the next of another text, even where the other group is smaller")
  func partners() {
    #expect(SwappedCaptions.partners(of: ["a", "b", "c"], among: ["a", "b", "c"]) == [1, 2, 0])
    #expect(SwappedCaptions.partners(of: ["a", "a", "b"], among: ["a", "a", "b"]) == [2, 2, 0])
    #expect(SwappedCaptions.partners(of: ["a", "b", "c", "d"], among: ["x", "y"]) == [1, 0, 1, 0])
  }

  @Test("captions that are all one text are swapped all the same")
  func allEqual() {
    #expect(SwappedCaptions.partners(of: ["a", "a"], among: ["a", "a"]) == [1, 0])
  }

  @Test("a control's name is taken apart into what it was made of, and other names are not")
  func names() {
    for swap in SwappedCaptions.allCases {
      for reference in SwappedCaptions.Reference.allCases {
        let name = SwappedCaptions.name(swap, reference, attack: "EncoderMI-V (image-text + pair)")
        let parts = SwappedCaptions.parts(ofName: name)
        #expect(parts?.swap == swap && parts?.reference == reference)
        #expect(parts?.attack == "EncoderMI-V (image-text + pair)")
      }
    }
    #expect(SwappedCaptions.parts(ofName: "blind (caption n-grams)") == nil)
    #expect(SwappedCaptions.parts(ofName: "swapped: something else (CSA)") == nil)
  }
}
