import Vision
import Foundation
import Kernels

/// A file of equally long records, each some bytes of header and the planes of one image.
final class RecordFile: Sendable {
  /// The order of pixels within a plane.
  enum Order: Sendable { case rowMajor, columnMajor }

  let path: String
  let name: String
  let height: Int
  let width: Int
  let headerBytes: Int
  /// Number of records.
  let count: Int
  private let order: Order
  private let file: ByteFile

  private var pixelBytes: Int { 3 * height * width }
  private var recordBytes: Int { headerBytes + pixelBytes }

  init(_ path: String, height: Int, width: Int, headerBytes: Int, order: Order) throws {
    file = try ByteFile(path)
    self.path = path
    name = (path as NSString).lastPathComponent
    self.height = height
    self.width = width
    self.headerBytes = headerBytes
    self.order = order
    let record = headerBytes + 3 * height * width
    guard file.size > 0, file.size % record == 0 else {
      throw DataError.wrongRecordSize(file: path, recordBytes: record, found: file.size)
    }
    count = file.size / record
  }

  /// The first header byte of every record.
  func firstHeaderBytes() throws(ImageError) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    for record in 0..<count {
      var byte: UInt8 = 0
      var failure: ImageError?
      withUnsafeMutableBytes(of: &byte) { target in
        do throws(ImageError) { try file.read(target, at: record * recordBytes) } catch { failure = error }
      }
      if let failure { throw failure }
      bytes.append(byte)
    }
    return bytes
  }

  /// The image of one record.
  func image(_ record: Int) throws(ImageError) -> PixelImage {
    var failure: ImageError?
    let stored = [UInt8](unsafeUninitializedCapacity: pixelBytes) { buffer, count in
      let target = UnsafeMutableRawBufferPointer(
        rebasing: UnsafeMutableRawBufferPointer(buffer)[..<pixelBytes])
      do throws(ImageError) {
        try file.read(target, at: record * recordBytes + headerBytes)
        count = pixelBytes
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    guard order == .columnMajor else { return PixelImage(height: height, width: width, bytes: stored) }
    let rows = [UInt8](unsafeUninitializedCapacity: pixelBytes) { target, count in
      stored.withUnsafeBufferPointer {
        transposePlanes($0, planes: 3, height: height, width: width, into: target)
      }
      count = pixelBytes
    }
    return PixelImage(height: height, width: width, bytes: rows)
  }
}
