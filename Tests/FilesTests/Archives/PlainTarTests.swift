import Files
import Foundation
import TestSupport
import Testing

@Suite struct PlainTarTests {
  private let archive = PlainTar([
    .init("a.txt", Array("one\n".utf8)), .init("folder/empty", []),
    .init("folder/long", [UInt8](repeating: 7, count: 1300)),
  ])

  @Test("an archive is read as it was written, and GNU tar unpacks it")
  func roundTrip() throws {
    #expect(try PlainTar(archive.bytes, file: "x.tar") == archive)
    #expect(archive.bytes.count % 512 == 0)
    let folder = try TemporaryFolder()
    let file = try folder.write(archive.bytes, to: "x.tar")
    let process = Process()
    process.executableURL = URL(filePath: "/bin/tar")
    process.arguments = ["-xf", file, "-C", folder.path]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    for member in archive.members {
      #expect([UInt8](try readFile(URL(filePath: "\(folder.path)/\(member.name)"))) == member.bytes)
    }
  }

  @Test("every changed byte is in a member's content, or is told with its place")
  func changed() throws {
    let whole = archive.bytes
    for place in whole.indices {
      var bytes = whole
      bytes[place] ^= 0x41
      switch PlainTarTests.reading(bytes) {
      case .success(let read):
        #expect(read.members.map(\.name) == archive.members.map(\.name), "\(place)")
        #expect(read != archive, "\(place)")
      case .failure(let error): #expect("\(error)".hasPrefix("x.tar"))
      }
    }
  }

  private static func reading(_ bytes: [UInt8]) -> Result<PlainTar, any Error> {
    Result { try PlainTar(bytes, file: "x.tar") }
  }

  @Test("an archive that is cut or goes on is refused")
  func length() {
    let whole = archive.bytes
    for end in stride(from: 0, to: whole.count, by: 97) {
      #expect(throws: PlainTarError.self, "\(end)") { try PlainTar(Array(whole[..<end]), file: "x.tar") }
    }
    #expect(throws: PlainTarError.self) { try PlainTar(whole + [0], file: "x.tar") }
  }
}
