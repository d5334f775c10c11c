import ArgumentParser
import Files
import Foundation
import Report
import Synchronization

/// The program's two streams. All that is printed passes here: characters of files and names that a terminal would obey are
/// replaced, standard output that cannot be written is remembered, and standard error is a courtesy that may fail.
enum Console {
  /// The system's code for why standard output could not be written; 0 as long as it could.
  private static let failure = Atomic<Int32>(0)

  /// The exit code of a program that a closed pipe ends, as shells have it: 128 and the signal's number.
  static let brokenPipeCode = 128 + SIGPIPE

  /// Whether nothing is said, as in all but the first of several processes.
  static let isSilent = (Processes.launch?.rank ?? 0) > 0 && Processes.launch?.interface != nil

  /// Prepares both streams: a reader that has left and a limit on the size of files become errors of writing, and a stream
  /// that is closed cannot become a file that is opened later.
  static func prepare() {
    for number in [SIGPIPE, SIGXFSZ] { signal(number, SIG_IGN) }
    // The lowest free number is given, so that these come in order; writing to them fails.
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) == -1 {
      _ = open("/dev/null", O_RDONLY)
    }
  }

  /// Writes to standard output. Where its reader has left, the program ends in silence; of any other failure ``finish()``
  /// tells.
  static func say(_ text: String) {
    guard !isSilent, failure.load(ordering: .relaxed) == 0 else { return }
    let code = write(PrintableText.lines(text), to: STDOUT_FILENO)
    if code == EPIPE { exit(brokenPipeCode) }
    failure.store(code, ordering: .relaxed)
  }

  /// Writes to standard error, if that can be written: to a terminal in lines that fit it, else in lines as they are.
  /// - Parameter always: also where nothing is said, as of an error that only this process knows of.
  static func tell(_ text: String, always: Bool = false) {
    guard always || !isSilent else { return }
    let text = PrintableText.lines(text)
    let isTerminal = isatty(STDERR_FILENO) != 0
    _ = write(
      isTerminal ? TerminalText.fitted(text, to: columns(of: STDERR_FILENO)) : text, to: STDERR_FILENO)
  }

  /// Writes a line to a terminal at standard error over the one that is there.
  /// - Parameter isLast: whether the line stays; else the next one takes its place.
  static func rewrite(_ line: String, isLast: Bool) {
    guard !isSilent else { return }
    let shown = TerminalLine.cut(PrintableText.line(line), to: columns(of: STDERR_FILENO) - 1)
    _ = write("\r\u{1B}[K\(shown)" + (isLast ? "\n" : ""), to: STDERR_FILENO)
  }

  /// Checks that all that was printed arrived.
  /// - Throws: ``OutputError``.
  static func finish() throws {
    let code = failure.load(ordering: .relaxed)
    if code != 0 { throw OutputError(reason: String(cString: strerror(code))) }
  }

  /// The columns that output should fit: those of the terminal at standard output, 80 where it is none.
  static var outputColumns: Int { isatty(STDOUT_FILENO) != 0 ? columns(of: STDOUT_FILENO) : 80 }

  /// A table as standard output takes it: on a terminal in its columns, else each row in one line, for other programs.
  static func shown(_ table: ReportTable) -> String {
    isatty(STDOUT_FILENO) != 0 ? table.text(fitting: columns(of: STDOUT_FILENO)) : table.text
  }

  /// The columns of the terminal at a stream; 80 where it does not say.
  static func columns(of descriptor: Int32) -> Int {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 1 else { return 80 }
    return Int(size.ws_col)
  }

  /// - Returns: the system's code for why not all was written, or 0.
  private static func write(_ text: String, to descriptor: Int32) -> Int32 {
    var text = text
    return text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)[...]
      while let start = UnsafeRawBufferPointer(rebasing: rest).baseAddress, !rest.isEmpty {
        let written = Foundation.write(descriptor, start, rest.count)
        if written >= 0 {
          rest = rest.dropFirst(written)
        } else if errno == EAGAIN {
          // A pipe that does not wait for its reader.
          var stream = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          poll(&stream, 1, 1000)
        } else if errno != EINTR {
          return errno
        }
      }
      return 0
    }
  }
}

/// Standard output could not be written.
struct OutputError: ExplainedError {
  let reason: String

  var description: String {
    "standard output could not be written (\(reason)), so what was printed is cut; have it written where there is room"
  }
}

/// A line as it fits a terminal.
enum TerminalLine {
  /// The line in at most so many columns, its end replaced by an ellipsis where it is longer.
  static func cut(_ line: String, to columns: Int) -> String {
    guard PrintableText.columns(line) > columns else { return line }
    var (result, filled) = ("", 1)
    for character in line {
      filled += PrintableText.columns(String(character))
      if filled > columns { break }
      result.append(character)
    }
    return result + "…"
  }
}

extension TerminalLine {
  /// A title and what goes on under it, in one line of so many columns: the title is cut where both are longer, so that what
  /// moves is seen, unless little were left of it.
  static func titled(_ title: String, _ text: String, in columns: Int) -> String {
    let room = columns - PrintableText.columns(": " + text)
    return "\(room >= 12 ? cut(title, to: room) : title): \(text)"
  }

  /// A sentence in lines of so many columns, broken at words and set in after the first; a word that is longer than a line,
  /// such as a path, stays whole, so that it can be copied.
  static func broken(_ sentence: String, to columns: Int) -> String {
    var (lines, filled) = ([String](), 0)
    for word in sentence.split(separator: " ", omittingEmptySubsequences: false) {
      let wide = PrintableText.columns(String(word))
      if let last = lines.last, filled + 1 + wide <= columns {
        lines[lines.count - 1] = last + " " + word
        filled += 1 + wide
      } else {
        lines.append(lines.isEmpty ? String(word) : "  " + word)
        filled = wide + (lines.count > 1 ? 2 : 0)
      }
    }
    return lines.joined(separator: "\n")
  }
}

/// Prints a sentence to standard output: on a terminal in lines that fit it, for other programs in one.
func say(_ sentence: String) {
  print(
    isatty(STDOUT_FILENO) == 0
      ? sentence : TerminalLine.broken(sentence, to: Console.columns(of: STDOUT_FILENO)))
}

/// Prints a text to standard output.
func print(_ text: String, terminator: String = "\n") { Console.say(text + terminator) }

/// Writes a warning to standard error; names and captions in it may hold anything.
func warn(_ text: String) { Console.tell("warning: \(PrintableText.bounded(PrintableText.line(text)))\n") }
