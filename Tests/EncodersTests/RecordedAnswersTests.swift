import Contrastive
import Files
import Foundation
import Kernels
import Networks
import TestSupport
import Testing
import Vision

@testable import Encoders

@Suite struct RecordedAnswersTests {
  private static let size = 4
  private static let profile = EncoderProfile(
    name: "theirs", facts: EncoderFacts(algorithm: "simclr", epochs: 9), modalities: [.image, .text],
    imageSize: size)

  private func picture(_ number: Int) -> Pictures {
    Pictures((0..<48).map { UInt8(truncatingIfNeeded: $0 * 5 + number * 37) }, size: Self.size)
  }

  private func pictures(_ numbers: Range<Int>) -> Pictures {
    Pictures(numbers.flatMap { picture($0).bytes }, size: Self.size)
  }

  /// Rows that tell which question they answer.
  private func rows(_ count: Int, width: Int = 3, _ name: (Int) -> String) -> Tensor {
    Tensor(
      (0..<count).flatMap { row in
        var stream = RandomStream(seed: 0, name: name(row))
        return (0..<width).map { _ in Float(stream.integer(below: 1000)) + 1 }
      }, shape: [count, width])
  }

  /// Calls `body` with questions about five pictures and two captions.
  private func withQuestions(_ body: (URL, QuestionManifest) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let recorder = try QuestionRecorder(for: Self.profile, in: folder)
      _ = try recorder.answers(to: pictures(0..<3))
      _ = try recorder.answers(to: pictures(1..<5))
      _ = try recorder.answers(to: ["a red cat", "ein Hund", "a red cat"])
      try body(folder, try recorder.finish())
    }
  }

  private func tensors(_ manifest: QuestionManifest, width: Int = 3) -> [String: Tensor] {
    [
      "pictures.embedding": rows(manifest.pictures.count, width: width) { manifest.pictures[$0].sha256 },
      "captions.embedding": rows(manifest.captions.count, width: width) { manifest.captions[$0] },
    ]
  }

  private func write(_ tensors: [String: Tensor], _ manifest: QuestionManifest, in folder: URL) throws {
    for (name, tensor) in tensors {
      try NumpyFile.write(tensor, to: folder.appending(path: "\(name).\(manifest.shortID).npy"))
    }
  }

  @Test(
    "Each question is written down once, in an order that does not tell when it was asked, and up to four rows repeat earlier ones"
  )
  func recorded() throws {
    try withQuestions { folder, manifest in
      #expect(manifest.pictures.count == 5 + 4 && manifest.captions.count == 2 + 2)
      #expect(Set(manifest.captions.prefix(2)) == ["a red cat", "ein Hund"])
      #expect(manifest.captions == manifest.captions.reversed())
      let digests = (0..<5).flatMap { QuestionDigest.of(picture($0)) }
      #expect(manifest.pictures.prefix(5).map(\.sha256) == digests.sorted())
      #expect(manifest.pictures.suffix(4).map(\.file) == [3, 2, 1, 0].map { manifest.pictures[$0].file })
      for row in manifest.pictures.prefix(5) {
        let image = try PixelImage(contentsOf: folder.appending(path: row.file).path)
        let number = try #require(digests.firstIndex(of: row.sha256))
        #expect(image.bytes == picture(number).bytes)
      }
      #expect(try QuestionManifest.read(from: folder) == manifest)
    }
  }

  @Test(
    "Answers are the rows of the questions asked, whatever the batch, from arrays and from safetensors alike")
  func looksUp() throws {
    try withQuestions { folder, manifest in
      let tensors = tensors(manifest)
      try write(tensors, manifest, in: folder)
      let first = try RecordedAnswers(folder)
      for name in tensors.keys {
        try FileManager.default.removeItem(at: folder.appending(path: "\(name).\(manifest.shortID).npy"))
      }
      try SafetensorsFile.write(
        tensors, metadata: ["questions": manifest.id], to: folder.appending(path: "answers.safetensors"))
      let second = try RecordedAnswers(folder)
      #expect(first.identity == second.identity && first.identity.name == "theirs")
      for recorded in [first, second] {
        #expect(recorded.layers == [.embedding] && recorded.imageSize == 4 && recorded.facts.epochs == 9)
        #expect(try recorded.untrained(seed: 0) == nil)
        let some = Pictures(picture(4).bytes + picture(1).bytes, size: 4)
        let digests = QuestionDigest.of(some)
        #expect(
          try recorded.answers(to: some)[.embedding]?.values == rows(2) { digests[$0] }.values)
        #expect(
          try recorded.answers(to: ["ein Hund"])[.embedding]?.values == rows(1) { _ in "ein Hund" }.values)
      }
    }
  }

  @Test("What is wrong with answers is said with the row and its question")
  func faults() throws {
    try withQuestions { folder, manifest in
      let good = tensors(manifest)
      let name = "pictures.embedding"
      let picture = try #require(good[name])
      func error(_ values: [Float], _ shape: [Int]) throws -> RecordedError? {
        try write(good.merging([name: Tensor(values, shape: shape)]) { $1 }, manifest, in: folder)
        return #expect(throws: RecordedError.self) { try RecordedAnswers(folder) }
      }
      let file = folder.appending(path: "\(name).\(manifest.shortID).npy").path
      #expect(
        try error(Array(picture.values.prefix(24)), [8, 3])
          == .rows(file: file, expected: 9, found: 8, missing: manifest.pictures[8].file))
      #expect(try error(picture.values, [27]) == .shape(file: file, expectedRows: 9, found: [27]))
      #expect(try error(picture.values, [3, 9])?.description.contains("from row 3 on") == true)
      var values = picture.values
      values[7] = .nan
      #expect(
        try error(values, [9, 3]) == .notFinite(file: file, row: 2, question: manifest.pictures[2].file))
      // The rows of pictures 0 and 1 exchanged.
      values = Array(picture.values[3..<6] + picture.values[0..<3] + picture.values[6...])
      let order = try error(values, [9, 3])
      #expect(order == .order(file: file, row: 7, twin: 1, question: manifest.pictures[7].file))
      #expect(order?.description.contains("do not shuffle") == true)
      // Half precision is no other order.
      try write(
        good.mapValues { Tensor($0.values.map { $0 * 1.001 }, shape: $0.shape) }, manifest, in: folder)
      _ = try RecordedAnswers(folder)
    }
  }

  @Test("Answers to other questions, and questions without answers, are told apart")
  func otherQuestions() throws {
    try withQuestions { folder, manifest in
      let none = #expect(throws: RecordedError.self) { try RecordedAnswers(folder) }
      #expect(none?.description.contains("pictures.embedding.\(manifest.shortID).npy") == true)
      let stray = folder.appending(path: "pictures.embedding.0123456789ab.npy")
      try NumpyFile.write(Tensor(zeros: [9, 3]), to: stray)
      #expect(
        #expect(throws: RecordedError.self) { try RecordedAnswers(folder) }
          == .otherManifest(file: stray.path, expected: manifest.shortID, found: nil))
      try FileManager.default.removeItem(at: stray)
      let all = folder.appending(path: "answers.safetensors")
      for (metadata, found) in [([:], nil), (["questions": "abc"], "abc")] as [([String: String], String?)] {
        try SafetensorsFile.write(tensors(manifest), metadata: metadata, to: all)
        #expect(
          #expect(throws: RecordedError.self) { try RecordedAnswers(folder) }
            == .otherManifest(file: all.path, expected: manifest.id, found: found))
      }
      try SafetensorsFile.write(
        ["image_features": Tensor(zeros: [9, 3])], metadata: ["questions": manifest.id], to: all)
      let unknown = #expect(throws: RecordedError.self) { try RecordedAnswers(folder) }
      #expect(unknown?.description.contains("“image_features” is none of pictures.embedding") == true)
      try SafetensorsFile.write(tensors(manifest), metadata: ["questions": manifest.id], to: all)
      try write(tensors(manifest), manifest, in: folder)
      let twice = #expect(throws: RecordedError.self) { try RecordedAnswers(folder) }
      #expect(twice?.description.contains("hold the same answers") == true)
    }
  }

  @Test("A question that was not asked is written to a further folder, whose answers then count too")
  func further() throws {
    try withQuestions { folder, manifest in
      try write(tensors(manifest), manifest, in: folder)
      let first = try RecordedAnswers(folder)
      let new = #expect(throws: RecordedError.self) { try first.answers(to: pictures(4..<7)) }
      if case .unanswered = new {} else { Issue.record("\(String(describing: new))") }
      func ask(_ encoder: any AuditedEncoder) throws {
        _ = try encoder.answers(to: pictures(3..<7))
        _ = try encoder.answers(to: ["a red cat", "neu"])
      }
      let place = RecordedAnswers.further(1, in: folder)
      #expect(try first.furtherQuestions(ask) == .further(folder: place.path, pictures: 2, captions: 1))
      #expect(throws: RecordedError.self) { try RecordedAnswers(folder) }
      let more = try QuestionManifest.read(from: place)
      #expect(more.pictures.count == 4)
      try write(tensors(more, width: 4), more, in: place)
      let wide = #expect(throws: RecordedError.self) { try RecordedAnswers(folder) }
      #expect(
        wide == .otherWidth(folder: place.path, tensor: "pictures.embedding", expected: 3, found: 4))
      try write(tensors(more), more, in: place)
      let both = try RecordedAnswers(folder)
      try ask(both)
      #expect(both.identity == first.identity)
      #expect(
        try both.furtherQuestions(ask) == nil && !Paths.exists(RecordedAnswers.further(2, in: folder).path))
      let values = try both.answers(to: pictures(5..<6))[.embedding]?.values
      #expect(values == rows(1) { _ in QuestionDigest.of(picture(5))[0] }.values)
    }
  }

  /// A figure of this process in bytes, such as VmHWM, the most memory that it ever held.
  private func memory(_ figure: String) throws -> Int {
    let text = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(text.split(separator: "\n").first { $0.hasPrefix(figure + ":") })
    return 1024
      * (try #require(line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }))
  }

  /// Reads damaged versions of some files, one after the other damaged alone.
  private func expectExplained(_ names: [(reader: String, file: String)], in folder: URL) throws {
    let before = try memory("VmHWM")
    for (reader, name) in names {
      let file = folder.appending(path: name)
      let good = try readFile(file)
      try Fuzz.feed(reader, [[UInt8](good)]) { input, _ in
        try Data(input).write(to: file)
        return try Fuzz.takes { _ = try RecordedAnswers(folder) }
      }
      try good.write(to: file)
    }
    _ = try RecordedAnswers(folder)
    // Whatever sizes a damaged file claims.
    #expect(try memory("VmHWM") - before < 256 << 20)
  }

  @Test(
    "Damaged manifests and arrays are read or refused with an error that explains itself, in bounded memory")
  func fuzz() throws {
    try withQuestions { folder, manifest in
      try write(tensors(manifest), manifest, in: folder)
      let arrays = ["pictures", "captions"].map { "\($0).embedding.\(manifest.shortID).npy" }
      try expectExplained(
        [
          ("questions' manifest", "manifest.json"), ("recorded answers about pictures", arrays[0]),
          ("recorded answers about captions", arrays[1]),
        ], in: folder)
    }
  }

  @Test("So are damaged safetensors files with all answers, and answers of a further round")
  func fuzzSafetensors() throws {
    try withQuestions { folder, manifest in
      let place = folder.appending(path: "further-1")
      for (folder, manifest) in [(folder, manifest), (place, try furtherQuestions(place))] {
        try SafetensorsFile.write(
          tensors(manifest), metadata: ["questions": manifest.id],
          to: folder.appending(path: "answers.safetensors"))
      }
      try expectExplained(
        [
          ("recorded answers, safetensors", "answers.safetensors"),
          ("further answers, safetensors", "further-1/answers.safetensors"),
          ("further questions' manifest", "further-1/manifest.json"),
        ], in: folder)
    }
  }

  private func furtherQuestions(_ folder: URL) throws -> QuestionManifest {
    let recorder = try QuestionRecorder(for: Self.profile, in: folder)
    _ = try recorder.answers(to: pictures(5..<7))
    _ = try recorder.answers(to: ["neu"])
    return try recorder.finish()
  }
}
