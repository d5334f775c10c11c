import Files
import ArgumentParser
import Experiments
import Testing
import Text
import Vision

@testable import encodermi

@Suite struct OptionErrorsTests {
  private func message(_ origins: [OptionOrigin], _ error: any Error) throws -> String {
    try #require(throws: ValidationError.self) { try namingOptions(origins) { throw error } }.message
  }

  @Test("A setting that came from an option is called by it, wherever the setting lies")
  func named() throws {
    let origins = [OptionOrigin("--queue", "queueSize"), OptionOrigin("--batch", "batch")]
    #expect(try message(origins, InvalidSetting("queueSize", "found 0")) == "--queue: found 0")
    #expect(try message(origins, InvalidSetting("algorithm.moco.queueSize", "found 0")) == "--queue: found 0")
    #expect(try message(origins, InvalidSetting("mybatch", "found 0")).contains("“mybatch”"))
  }

  @Test("A setting whose option was not given keeps its own name")
  func notGiven() throws {
    let origins = [OptionOrigin("--checkpoints", "checkpointEpochs", isGiven: false)]
    #expect(
      try message(origins, InvalidSetting("checkpointEpochs", "found 9")).contains("“checkpointEpochs”"))
  }

  @Test("Two options that decide one thing are both named, and other errors pass")
  func both() throws {
    let origins = [OptionOrigin("--encoder", "encoder"), OptionOrigin("--image-size", "encoder")]
    #expect(try message(origins, ImageEncoderError.unknownName("x")).hasPrefix("--encoder, --image-size: no"))
    let text = [OptionOrigin("--text-encoder", "text")]
    #expect(try message(text, TextEncoderError.unknownName("x")).hasPrefix("--text-encoder: No text encoder"))
    #expect(throws: RunError.self) { try namingOptions(origins) { throw RunError.notARun("x") } }
  }
}
