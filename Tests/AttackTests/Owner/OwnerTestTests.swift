import Data
import Encoders
import Files
import Foundation
import Networks
import TestSupport
import Testing
import Vision

@testable import Attack

/// An owner's test with encoders that know the published half, or nothing.
@Suite struct OwnerTestTests {
  /// A draw of the first works of the fake pictures.
  private func draw(
    _ count: Int, units: [Int]? = nil, strata: [String]? = nil, settings: OwnerSettings = settings,
    seed: UInt64 = 1
  ) throws -> OwnerDraw {
    try OwnerDraw(
      data: "works", options: DataOptions(), names: (0..<count).map { "work \($0)" },
      digests: (0..<count).map { _ in (String(repeating: "a", count: 64), nil) },
      units: units ?? Array(0..<count), strata: strata ?? Array(repeating: "", count: count), nearBits: nil,
      settings: settings, seed: seed, salt: String(repeating: "0", count: 64))
  }

  private static let settings = OwnerSettings(views: 4, permutations: 9_999)

  private func published(_ draw: OwnerDraw) -> [Int] {
    draw.works.indices.filter { draw.works[$0].half == .published }
  }

  @Test("An encoder that remembers the published half is found, and its twin that remembers nothing is not")
  func leak() throws {
    let draw = try draw(80)
    let images = try FakeAudit.images()
    func found(_ leak: FakeEncoder.Leak) throws -> OwnerResults {
      try OwnerTest(Self.settings).run(
        draw, commitment: "c", on: images, at: Array(0..<80),
        by: FakeEncoder(leak, members: published(draw), seed: 1, modalities: [.image]))
    }
    let leaking = try found(.image)
    #expect(leaking.findings[0].test.p < 0.001)
    #expect(leaking.findings[0].difference.superiority.low > 0.9)
    #expect(leaking.questions.pictures == 80 * 4 && leaking.first.units == 40 && leaking.isDrawn)
    let silent = try found(.nothing)
    #expect(silent.findings[0].test.p > 0.05)
    #expect(silent.findings[0].difference.superiority.covers(0.5))
    // Results can be read back as they were written.
    let data = try Configuration.encode(leaking)
    #expect(try Configuration.decode(from: data, file: "r", allowsNull: true) == leaking)
  }

  @Test("Where neither half was seen p is uniform over draws of the halves")
  func null() throws {
    // The scores of works do not depend on the draw, so they are asked for once.
    let (count, draws) = (80, 200)
    let encoder = FakeEncoder(.difficulty, members: [], seed: 2, modalities: [.image])
    let scores = try OwnerScores(
      of: Array(0..<count), in: try FakeAudit.images(), Self.settings, by: encoder)
    let ps = try (0..<draws).map { seed in
      let draw = try draw(
        count, units: (0..<count).map { $0 / 2 }, strata: (0..<count).map { $0 < 20 ? "a" : "b" },
        seed: UInt64(seed))
      let test = try OwnerTest(Self.settings)
      return try test.results(
        draw.units, scores, groups: ["published", "secret"], commitment: "c",
        target: Self.settings.attack.record(of: encoder), blind: [], shadow: nil, warnings: []
      ).findings[0].test.p
    }.sorted()
    // Kolmogorov and Smirnov's distance; above 1.63 / √n with a probability of 1%.
    let distance = ps.enumerated().map { index, p in
      max(abs(p - Double(index) / Double(draws)), abs(Double(index + 1) / Double(draws) - p))
    }.max()
    #expect((distance ?? 1) < 1.63 / Double(draws).squareRoot(), "\(ps)")
  }

  @Test("Works of one unit fall into one half, and each stratum is halved by itself")
  func units() throws {
    let units = (0..<90).map { $0 / 3 }
    let strata = (0..<90).map { $0 < 30 ? "few" : "many" }
    for seed in 0..<5 {
      let draw = try draw(90, units: units, strata: strata, seed: UInt64(seed))
      #expect(Set(draw.works.map { "\($0.unit) \($0.half)" }).count == 30)
      for (stratum, size) in [("few", 10), ("many", 20)] {
        let own = draw.units.filter { $0.stratum == stratum }
        #expect(own.count == size && own.count { $0.isFirst } == size / 2)
      }
    }
    let halves = try [1, 2].map { try draw(90, seed: $0).works.map(\.half) }
    #expect(halves[0] != halves[1])
  }

  @Test("A draw can be repeated from the seed and the names by SHA-256 alone")
  func repeatable() throws {
    let draw = try draw(20, seed: 7)
    let order = (0..<20).sorted { a, b in
      func key(_ work: Int) -> String {
        var hash = SHA256()
        hash.update("7\nwork \(work)\n".utf8)
        return hash.hexDigest()
      }
      return key(a) < key(b)
    }
    #expect(Set(order.prefix(10)) == Set(published(draw)))
  }

  @Test("A draw whose half, seed, unit or setting was changed is refused by name")
  func changed() throws {
    let draw = try draw(20)
    let text = String(decoding: try Configuration.encode(draw), as: UTF8.self)
    func error(_ old: String, _ new: String) -> String? {
      let changed = text.replacing(old, with: new, maxReplacements: 1)
      #expect(changed != text, "\(old)")
      do {
        _ = try Configuration.decode(OwnerDraw.self, from: Data(changed.utf8), file: "draw.json")
        return nil
      } catch {
        return "\(error)"
      }
    }
    #expect(error("\"half\" : \"published\"", "\"half\" : \"secret\"")?.contains("was changed") == true)
    #expect(error("\"seed\" : 1", "\"seed\" : 2")?.contains("was changed") == true)
    #expect(error("\"unit\" : 3", "\"unit\" : 9")?.contains(".unit") == true)
    #expect(error("\"permutations\" : 9999", "\"permutations\" : 99")?.contains("permutations") == true)
    #expect(try Configuration.decode(OwnerDraw.self, from: Data(text.utf8), file: "draw.json") == draw)
  }

  @Test("Names that are there twice, and halves of one unit, cannot be drawn")
  func undrawable() throws {
    #expect(throws: OwnerError.tooFewUnits(published: 2, secret: 1, works: 3)) { try draw(3) }
    #expect(throws: OwnerError.tooFewUnits(published: 1, secret: 0, works: 9)) {
      try draw(9, units: Array(repeating: 0, count: 9))
    }
    #expect(throws: OwnerError.sameName("a")) {
      try OwnerDraw(
        data: "works", options: DataOptions(), names: ["a", "b", "a", "c"],
        digests: (0..<4).map { _ in (String(repeating: "a", count: 64), nil) }, units: [0, 1, 2, 3],
        strata: ["", "", "", ""], nearBits: nil, settings: Self.settings, seed: 1,
        salt: String(repeating: "0", count: 64))
    }
  }

  @Test("Several statistics are adjusted by Holm, and one that the encoder cannot answer is left out by name")
  func several() throws {
    let settings = OwnerSettings(statistics: [.imageImage, .pair], views: 4, permutations: 9_999)
    let draw = try draw(40, settings: settings)
    let (plain, captions) = (try FakeAudit.images(), FakeAudit.captions())
    let images = try Captioned.images(plain, captions)
    func found(_ modalities: Set<Modality>) throws -> OwnerResults {
      try OwnerTest(settings).run(
        draw, commitment: "c", on: images, at: Array(0..<40),
        by: FakeEncoder(.pairing, members: published(draw), seed: 1, modalities: modalities))
    }
    let both = try found([.image, .text])
    #expect(both.findings.map(\.statistic) == [.imageImage, .pair])
    let pair = both.findings[1]
    #expect(pair.test.p < 0.001 && pair.adjustedP == 2 * pair.test.p)
    #expect(both.questions.captions == 2 * 40)
    let images1 = try found([.image])
    #expect(images1.findings.map(\.statistic) == [.imageImage])
    #expect(images1.warnings.contains("left out pair: the encoder takes no captions"))
  }

  @Test("Nonmembers of another style are told by the blind control, and the results say why p is no evidence")
  func withoutDraw() throws {
    let images = try FakeAudit.images()
    // Numbers below 64 have no blue, those from 256 on much of it; even and odd numbers are alike.
    func found(_ works: [Int], _ others: [Int]) throws -> OwnerResults {
      try OwnerTest(Self.settings).runWithoutDraw(
        works: OwnerTest.Side(images, works: works, units: Array(works.indices)),
        nonmembers: OwnerTest.Side(images, works: others, units: Array(others.indices)),
        by: FakeEncoder(.nothing, members: [], seed: 3, modalities: [.image]))
    }
    let other = try found(Array(0..<40), Array(260..<300))
    #expect(other.blind.count == 1 && other.blind[0].separates && !other.isDrawn)
    #expect(other.warnings.contains { $0.contains("no evidence of use") })
    var random = RandomStream(seed: 1, name: "alike")
    let mixed = random.permutation(160)
    let alike = try found(Array(mixed[..<40]), Array(mixed[40..<80]))
    #expect(!alike.blind[0].separates, "\(alike.blind)")
  }

  @Test("With a shadow the share that was used is told from the scores of both halves")
  func share() throws {
    let draw = try draw(300)
    let published = published(draw)
    var random = RandomStream(seed: 4, name: "share")
    func scores(_ used: Set<Int>, _ count: Int) -> [Double] {
      (0..<count).map { Double(random.normal()) + (used.contains($0) ? 4 : 0) }
    }
    let own = scores(Set(0..<200), 400)
    let shadow = MembershipGroups(members: Array(own[..<200]), nonmembers: Array(own[200...]))
    let encoder = FakeEncoder(.nothing, members: [], seed: 1, modalities: [.image])
    for used in [50, 150] {
      let found = try OwnerTest(Self.settings).results(
        draw.units, OwnerScores([.imageImage: scores(Set(published.prefix(used)), 300)]),
        groups: ["published", "secret"], commitment: "c", target: Self.settings.attack.record(of: encoder),
        blind: [], shadow: [.imageImage: shadow], warnings: [])
      let share = try #require(found.share)
      #expect(abs(share.share.value - Double(used) / 150) < 0.1 && share.isTold, "\(used): \(share)")
    }
  }
}

/// Pictures with captions.
private enum Captioned {
  static func images(_ plain: Images, _ captions: [[String]]) throws -> Images {
    try withTemporaryFolder { folder in
      var table = ""
      for index in 0..<40 {
        let name = String(format: "%03d.png", index)
        try PixelImage(height: 8, width: 8, bytes: try plain.pixels(of: [index]))
          .writePNG(to: folder.appending(path: name).path)
        for caption in captions[index] { table += "\(name)\t\(caption)\n" }
      }
      try Data(table.utf8).write(to: folder.appending(path: "captions.tsv"))
      return try Dataset.open("captions:\(folder.path)", options: DataOptions(captions: true)).images()
    }
  }
}
