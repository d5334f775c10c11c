import Attack
import Data
import Files
import Foundation
import TestSupport
import Testing
import Vision

@testable import Experiments

@Suite struct OwnerFolderTests {
  /// Twelve works in the folder `works` and their draw in `draw`.
  private func withDraw(_ body: (_ folder: URL, _ written: OwnerFolder) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let works = folder.appending(path: "works")
      try TinyImages.write(12, to: works)
      let data = try Dataset.open(works.path, options: DataOptions(duplicates: .keep))
      let draw = try OwnerPreparation().draw(data, OwnerSettings(), seed: 3)
      try body(folder, try OwnerFolder.write(draw, to: folder.appending(path: "draw")))
    }
  }

  /// Changes a file of a folder.
  private func change(_ file: URL, _ old: String, _ new: String) throws {
    let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    let changed = text.replacing(old, with: new, maxReplacements: 1)
    #expect(changed != text)
    try Data(changed.utf8).write(to: file)
  }

  @Test("A folder reads back as it was written, and the commitment is the digest of draw.json")
  func roundTrip() throws {
    try withDraw { folder, written in
      let place = folder.appending(path: "draw")
      let opened = try OwnerFolder.open(place, dated: written.commitment.uppercased())
      #expect(opened.draw == written.draw && opened.commitment == written.commitment)
      var hash = SHA256()
      hash.update(try Data(contentsOf: place.appending(path: "draw.json")))
      #expect(hash.hexDigest() == written.commitment)
      #expect(
        try String(contentsOf: place.appending(path: "commitment.txt"), encoding: .utf8)
          == "\(written.commitment)  draw.json\n")
      let (images, places) = try opened.works(imageSize: 8)
      #expect(images.height == 8 && places == Array(0..<12))
    }
  }

  @Test("The lists name every work once, as sha256sum does")
  func lists() throws {
    try withDraw { folder, written in
      let lines = try OwnerHalf.allCases.flatMap { half in
        try DelimitedText.lines(of: folder.appending(path: "draw/\(half.rawValue).sha256").path)
      }
      #expect(lines.count == 12)
      for line in lines {
        let parts = line.split(separator: "  ").map(String.init)
        var hash = SHA256()
        hash.update(try Data(contentsOf: folder.appending(path: "works/\(parts[1])")))
        #expect(hash.hexDigest() == parts[0])
      }
    }
  }

  @Test("Two draws of the same works and seed have the same halves and other commitments")
  func salted() throws {
    try withDraw { folder, written in
      let data = try Dataset.open(
        folder.appending(path: "works").path, options: DataOptions(duplicates: .keep))
      let again = try OwnerPreparation().draw(data, OwnerSettings(), seed: 3)
      #expect(again.works == written.draw.works && again.salt != written.draw.salt)
    }
  }

  @Test("A folder that holds something is never written to")
  func occupied() throws {
    try withDraw { folder, written in
      #expect(throws: RunError.self) {
        try OwnerFolder.write(written.draw, to: folder.appending(path: "draw"))
      }
      #expect(throws: RunError.self) {
        try OwnerFolder.write(written.draw, to: folder.appending(path: "works"))
      }
    }
  }

  @Test("A changed half, seed or list is refused, also where the commitment was made anew")
  func tampered() throws {
    for (old, new) in [
      ("\"half\" : \"secret\"", "\"half\" : \"published\""), ("\"seed\" : 3", "\"seed\" : 4"),
      ("\"name\" : \"003.png\"", "\"name\" : \"103.png\""), ("\"views\" : 10", "\"views\" : 11"),
    ] {
      try withDraw { folder, written in
        let place = folder.appending(path: "draw")
        try change(place.appending(path: "draw.json"), old, new)
        #expect(throws: OwnerFolderError.self, "\(old)") { try OwnerFolder.open(place) }
        var hash = SHA256()
        hash.update(try Data(contentsOf: place.appending(path: "draw.json")))
        try Data("\(hash.hexDigest())  draw.json\n".utf8).write(to: place.appending(path: "commitment.txt"))
        #expect(throws: OwnerFolderError.self, "\(old)") {
          try OwnerFolder.open(place, dated: written.commitment)
        }
        // What was asked may be changed together with the commitment; only the dated one tells.
        if !old.contains("views") {
          #expect(throws: (any Error).self, "\(old)") { try OwnerFolder.open(place) }
        }
      }
    }
    try withDraw { folder, _ in
      let place = folder.appending(path: "draw")
      let list = place.appending(path: "secret.sha256")
      let lines = String(decoding: try Data(contentsOf: list), as: UTF8.self).split(separator: "\n")
      try Data(lines.dropLast().map { "\($0)\n" }.joined().utf8).write(to: list)
      #expect(throws: OwnerFolderError.changedList(file: list.path, half: .secret)) {
        try OwnerFolder.open(place)
      }
    }
  }

  @Test("A work of which a byte was changed, or that is missing, is refused by name")
  func changedWork() throws {
    try withDraw { folder, written in
      let file = folder.appending(path: "works/005.png")
      var bytes = try Data(contentsOf: file)
      bytes.append(0)
      try bytes.write(to: file)
      let location = written.draw.data
      #expect(throws: OwnerFolderError.changedWork("005.png", location: location, what: "its bytes")) {
        try written.works(imageSize: 16)
      }
      try FileManager.default.removeItem(at: file)
      #expect(throws: OwnerFolderError.missingWork("005.png", location: location)) {
        try written.works(imageSize: 16)
      }
    }
  }

  @Test("Works that were added since do no harm, and the folder may have moved")
  func moved() throws {
    try withDraw { folder, written in
      let place = folder.appending(path: "elsewhere")
      try FileManager.default.moveItem(at: folder.appending(path: "works"), to: place)
      try TinyImages.image(50).writePNG(to: place.appending(path: "0.png").path)
      let (images, places) = try written.works(imageSize: 16, data: place.path)
      #expect(images.count == 13 && places == Array(1..<13))
    }
  }

  @Test("Who was asked is noted once, and those before are named")
  func asked() throws {
    try withDraw { _, written in
      let (one, two) = (
        OwnerFolder.Asked(encoder: "a", fingerprint: "1"), OwnerFolder.Asked(encoder: "b", fingerprint: "2")
      )
      let before = try [one, one, two].map { try written.note($0) }
      #expect(before == [[], [], [one]])
      let asked = try written.asked()
      #expect(asked == [one, two])
    }
  }

  @Test("Folders and columns make units and strata, and doubled works are one unit")
  func grouping() throws {
    try withTemporaryFolder { folder in
      let works = folder.appending(path: "works")
      for number in 0..<12 {
        let place = works.appending(path: "style\(number % 2)/series\(number / 4)")
        try makeFolder(place)
        // Two files hold the same picture.
        try TinyImages.image(number == 11 ? 0 : number).writePNG(
          to: place.appending(path: "\(number).png").path)
      }
      let data = try Dataset.open(works.path, options: DataOptions(duplicates: .keep))
      var preparation = OwnerPreparation()
      preparation.nearBits = 0
      #expect(Set(try preparation.unitNumbers(data)).count == 11)
      (preparation.units, preparation.strata, preparation.nearBits) = (.folder, .topFolder, nil)
      let draw = try preparation.draw(data, OwnerSettings(), seed: 1)
      #expect(
        Set(draw.works.map(\.unit)).count == 6 && Set(draw.works.map(\.stratum)) == ["style0", "style1"])
      let table = folder.appending(path: "works.csv")
      let rows = (0..<12).map { "\(data.name(of: $0)),\($0 / 3)\n" }.joined()
      try Data("file,series\n\(rows)".utf8).write(to: table)
      preparation.units = .column("series", file: table.path)
      #expect(try preparation.unitNumbers(data) == (0..<12).map { $0 / 3 })
    }
  }
}
