@testable import Data
import Files
import Foundation
import Kernels
import Synchronization
import TestSupport
import Testing

@testable import Vision

@Suite("Images of one size", .serialized) struct ImagesTests {
  /// A folder of 40 pictures of 12x9 to 12x16, one of them damaged.
  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for number in 0..<40 {
      let image = ImageFixtures.drawn(width: 12, height: 9 + number % 8) { x, y, c in
        ImageFixtures.rough(x + number, y * 3, c)
      }
      try folder.write(image.encodedPNG(), to: String(format: "%02d.png", number))
    }
    try folder.write("damaged", to: "17.png")
    return folder
  }

  private let all = Array(0..<39)
  private let fitted = DataOptions(imageSize: 8)

  @Test("Streamed pixels, names and fingerprints equal those in memory", arguments: [0, 5 * 192, 38 * 192])
  func streamed(memoryLimit: Int) throws {
    let folder = try folder()
    let whole = try Dataset.open(folder.path, options: fitted).images()
    var options = fitted
    options.memoryLimit = memoryLimit
    let streamed = try Dataset.open(folder.path, options: options).images()
    #expect(whole.isInMemory && !streamed.isInMemory)
    let order = all.reversed() + all
    // Twice, so that the second time comes partly from the cache.
    for _ in 0..<2 { #expect(try streamed.pixels(of: order) == whole.pixels(of: order)) }
    #expect(streamed.fingerprint == whole.fingerprint)
    #expect(all.map { streamed.name(of: $0) } == all.map { whole.name(of: $0) })
    #expect(streamed.dataset.omissions == whole.dataset.omissions && streamed.dataset.omissions.count == 1)
  }

  @Test("The set is the same for any number of threads")
  func threads() throws {
    let folder = try folder()
    let before = Threads.count
    defer { Threads.set(before) }
    var seen: Set<String> = []
    for threads in [1, 2, 5] {
      Threads.set(threads)
      let data = try Dataset.open(folder.path, options: fitted).images()
      seen.insert(data.fingerprint)
      let pixels = try data.pixels(of: all)
      seen.insert("\(pixels.withUnsafeBytes { contentHash($0) })")
      seen.insert("\(data.dataset.omissions)")
    }
    #expect(seen.count == 3)
  }

  @Test("A streamed picture that has gone is an error naming it")
  func gone() throws {
    let folder = try folder()
    let data = try Dataset.open(folder.path, options: DataOptions(imageSize: 8, memoryLimit: 0)).images()
    let path = folder.path + "/03.png"
    try FileManager.default.removeItem(atPath: path)
    #expect { try data.pixels(of: all) } throws: { ($0 as? ImageError)?.file == path }
    #expect { try data.image(3) } throws: { ($0 as? ImageError)?.file == path }
    #expect(try data.pixels(of: [2, 4]).count == 2 * data.imageBytes)
  }

  @Test("A streamed picture that has changed since opening is an error naming it")
  func changed() throws {
    let folder = try folder()
    let data = try Dataset.open(folder.path, options: DataOptions(imageSize: 8, memoryLimit: 0)).images()
    try folder.write(ImageFixtures.bytes("rgb.png"), to: "05.png")
    #expect {
      try data.image(5)
    } throws: {
      ($0 as? ImageError)?.file == folder.path + "/05.png" && "\($0)".contains("changed")
    }
  }

  @Test("Progress ends with all images, and never goes beyond")
  func progress() throws {
    let folder = try folder()
    let heard = Mutex<[[Int]]>([])
    _ = try Dataset.open(folder.path, options: fitted) { done, total in
      heard.withLock { $0.append([done, total]) }
    }
    #expect(heard.withLock { $0 } == [[40, 40]])
  }

  @Test("Several images stand one after the other in the order asked for, repeats included")
  func gathered() throws {
    let folder = try folder()
    let data = try Dataset.open(folder.path, options: fitted).images()
    var buffer: [UInt8] = [1, 2, 3]
    try data.copyPixels(of: [5, 0, 5], into: &buffer)
    #expect(try buffer == data.image(5).bytes + data.image(0).bytes + data.image(5).bytes)
    try data.copyPixels(of: [], into: &buffer)
    #expect(buffer.isEmpty)
  }

  @Test("A subset, and a subset of it, keep each image's pixels, name and fingerprint")
  func subset() throws {
    let folder = try folder()
    let data = try Dataset.open(folder.path, options: fitted).images()
    let part = data.subset([30, 4, 9]).subset([2, 0])
    #expect(part.count == 2)
    #expect(part.name(of: 0) == data.name(of: 9) && part.name(of: 1) == data.name(of: 30))
    #expect(try part.pixels(of: [0, 1]) == data.pixels(of: [9, 30]))
    #expect(part.fingerprint(of: 1) == data.fingerprint(of: 30))
    #expect(part.fingerprint == data.subset([9, 30]).fingerprint)
    #expect(part.fingerprint != data.subset([30, 9]).fingerprint)
  }

  @Test("One level more in one pixel changes that image's fingerprint and the whole's, and no other")
  func onePixel() throws {
    let folder = try TemporaryFolder()
    var bytes = CIFAR10Tests.batch(0..<10)
    try folder.write(bytes, to: "data_batch_1.bin")
    let before = try Dataset.open(folder.path).images()
    bytes[3073 * 6 + 1 + 2000] += 1
    try folder.write(bytes, to: "data_batch_1.bin")
    let after = try Dataset.open(folder.path).images()
    #expect((0..<10).filter { before.fingerprint(of: $0) != after.fingerprint(of: $0) } == [6])
    #expect(before.fingerprint != after.fingerprint)
  }

  @Test("The fingerprint is of the pixels, so a PNG of a record has the record's")
  func acrossFormats() throws {
    let records = try TemporaryFolder()
    try records.write(CIFAR10Tests.batch(4..<6), to: "test_batch.bin")
    let data = try Dataset.open(records.path).images()
    let pictures = try TemporaryFolder()
    for index in 0..<2 { try data.image(index).writePNG(to: pictures.path + "/\(index).png") }
    #expect(try Dataset.open(pictures.path).images().fingerprint == data.fingerprint)
  }

  @Test("Single files and folders of files are read as a data set reads them, in the order given")
  func files() throws {
    let folder = try folder()
    let data = try Dataset.open(folder.path, options: fitted).images()
    let files = try Dataset.files(
      [folder.path + "/05.png", folder.path, folder.path + "/02.png"],
      options: DataOptions(imageSize: 8, duplicates: .keep)
    ).images()
    #expect(files.count == 41)
    #expect(files.name(of: 0) == folder.path + "/05.png" && files.name(of: 1) == folder.path + "/00.png")
    #expect(try files.pixels(of: [0, 40]) == data.pixels(of: [5, 2]))
    #expect(throws: DataError.self) { try Dataset.files([]) }
  }

  @Test("A picture above the pixel limit is left out")
  func pixelLimit() throws {
    let folder = try folder()
    let data = try Dataset.open(folder.path, options: DataOptions(imageSize: 8, pixelLimit: 12 * 12)).images()
    #expect(
      data.count == 19
        && data.dataset.omissions.entries.contains { $0.reason.contains("claims 12x16 pixels") })
  }

  @Test("Many threads may read one streamed set at once")
  func concurrent() throws {
    let folder = try folder()
    let data = try Dataset.open(
      folder.path, options: DataOptions(imageSize: 8, memoryLimit: 10 * 192)
    ).images()
    let expected = all.map { data.fingerprint(of: $0) }
    let wrong = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: 200) { turn in
      let index = turn * 7 % 39
      let hash = try? data.pixels(of: [index]).withUnsafeBytes { contentHash($0) }
      if hash != expected[index] { wrong.withLock { $0 += 1 } }
    }
    #expect(wrong.withLock { $0 } == 0)
  }
}
