/// How random views of an input are made: augmented images, varied captions.
///
/// An attack asks for them without knowing which it gets. View v of input i depends on the input and on
/// `stream(i).substream(v)` alone: not on the other inputs, on `count`, or on the number of threads.
public protocol RandomViews: Sendable {
  /// Several inputs.
  associatedtype Inputs
  /// Views of several inputs, all views of an input together.
  associatedtype Views

  /// `count` views of each input.
  /// - Parameters:
  ///   - count: from 1 up.
  ///   - stream: the random stream of the input at an index; it may be called from several threads.
  func views(_ count: Int, of inputs: Inputs, stream: (_ input: Int) -> RandomStream) -> Views
}
