import Files
import Kernels
import Vision

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
    name = Paths.name(path)
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
  func firstHeaderBytes() throws(FileError) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    for record in 0..<count {
      let start = record * recordBytes
      bytes += try file.read(start..<start + 1)
    }
    return bytes
  }

  /// One record as it is stored, with its header.
  func bytes(of record: Int) throws(FileError) -> [UInt8] {
    try file.read((record * recordBytes)..<((record + 1) * recordBytes))
  }

  /// The image of one record.
  func image(_ record: Int) throws(ImageError) -> PixelImage {
    let start = record * recordBytes + headerBytes
    let stored: [UInt8]
    do { stored = try file.read(start..<start + pixelBytes) } catch { throw ImageError(error) }
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
