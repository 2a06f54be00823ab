using FsCheck;
using FsCheck.Fluent;
using Vigil.Logs;
using static Vigil.Core.Tests.Logs.LogReading;

namespace Vigil.Core.Tests.Logs;

/// <summary>What holds for every log, however it arrives.</summary>
public sealed class LogLawsTests
{
    private static readonly string[] Scraps =
    [
        " [2026-11-22 00:00:01] iteration       10/     200 | elapsed time per iteration (ms): 20.5 | lm loss: 2.31E+00 | grad norm: 0.5 |",
        "iteration 11/ 200 | lm loss: NAN |", " validation loss at iteration 10 | lm loss value: 2.5E+00 | lm loss PPL: 1.2E+01 | ",
        "  successfully saved checkpoint from iteration      10 to /runs/ä b/checkpoints", "Successfully saved checkpoint at iteration 3 to x [ t 1/8, p 1/2 ]",
        "step 12/300 loss=0.12", "steps:  45%|████▌     | 9/20 [03:15<03:45]", "iteration", "step", "=", "€", "\0\0", "\n", "\n", "\r", "\r\n", " ", new string('x', 70_000),
    ];

    private static readonly Gen<byte[]> Log = Gen.Elements(Scraps).ListOf().Select(static scraps => Bytes(string.Concat(scraps)));

    private static readonly Gen<int[]> Pieces = Gen.OneOf(Gen.Choose(0, 9), Gen.Choose(0, 400), Gen.Choose(0, 100_000)).ListOf().Select(static sizes => sizes.ToArray());

    [Fact]
    public void The_same_lines_come_out_on_any_chunking_and_agree_with_a_plain_split() =>
        Prop.ForAll(Arb.From(Log), Arb.From(Pieces), static (log, pieces) =>
        {
            var plain = Split(log);
            Assert.Equal(plain, Lines(log));
            Assert.Equal(plain, Lines(log, pieces));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_same_progress_and_findings_come_out_on_any_chunking() =>
        Prop.ForAll(Arb.From(Log), Arb.From(Pieces), static (log, pieces) =>
        {
            var (whole, findings) = Progress(log);
            var (inPieces, found) = Progress(log, pieces);
            Assert.Equal(findings, found);
            Assert.Equal((whole.Step, whole.Total, whole.Offset, whole.SecondsPerStep, whole.Checkpoint), (inPieces.Step, inPieces.Total, inPieces.Offset, inPieces.SecondsPerStep, inPieces.Checkpoint));
            Assert.Equal(whole.Metrics, inPieces.Metrics);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Reading_taken_up_again_at_the_cursor_misses_and_repeats_nothing() =>
        Prop.ForAll(Arb.From(Log), Arb.From(Gen.Choose(0, 2000)), static (log, stop) =>
        {
            stop = Math.Min(stop, log.Length);
            var first = new LogLines();
            var seen = Lines(log[..stop], lines: first);
            seen.AddRange(Lines(log[(int)first.Cursor..], lines: new LogLines(first.Cursor)));
            Assert.Equal(Lines(log), seen);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_line_makes_a_grammar_throw() =>
        Prop.ForAll(Arb.From(Gen.Elements(Scraps.Concat(["/", ":", "12", "-", "e", ".", "|", "to ", "999999999999999999999", "loss", "nan"])).ListOf()), static scraps =>
            Progress(Bytes(string.Join(' ', scraps) + "\n")) is not (null, _)).QuickCheckThrowOnFailure();

    /// <summary>The naive reference: the whole file at once, byte by byte.</summary>
    private static List<Line> Split(byte[] log)
    {
        List<Line> lines = [];
        List<byte> line = [];
        for (var i = 0; i < log.Length; i++)
        {
            if (log[i] is not ((byte)'\n' or (byte)'\r'))
            {
                if (line.Count > 0 || log[i] != 0) line.Add(log[i]);
                continue;
            }
            if (line.Count > 0)
            {
                var kept = Math.Min(line.Count, LogLines.MaxLineBytes);
                while (kept < line.Count && (line[kept] & 0xC0) == 0x80) kept--;
                lines.Add(new Line(i - line.Count, Convert.ToHexString(line.ToArray().AsSpan(0, kept)), line.Count - kept));
            }
            line.Clear();
        }
        return lines;
    }
}
