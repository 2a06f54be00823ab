using System.Text;
using Vigil.Cli;
using Vigil.Monitoring;
using Vigil.Spec;

namespace Vigil.Tests.Cli;

/// <summary>A large log looked through in pieces, against the same log from its beginning to its end.</summary>
public sealed class RulePiecesTests : IDisposable
{
    private readonly TempFolder _temp = new();

    [Fact]
    public void A_log_in_pieces_tells_the_same_lines_with_the_same_numbers_as_the_whole()
    {
        var log = Log();
        File.WriteAllBytes(_temp["log"], log);
        var patterns = RulePatterns.All(new("r", [Rule("saved", @"saved (?P<step>\d+)"), Rule("oops", "oops")]));
        var whole = new List<RuleLine>();
        var lines = new RuleLines(patterns, 0, new(0, LineNumbers.Counted));
        lines.Find(log, whole);

        using var file = File.OpenHandle(_temp["log"]);
        var (found, ends, end, pieces) = (new List<RuleLine>(), 0L, 0L, 0);
        foreach (var piece in new RulePieces(file, patterns, LineNumbers.Counted).Find())
        {
            found.AddRange(piece.Lines.Select(l => l with { Before = ends + l.Before }));
            (ends, end, pieces) = (ends + piece.Ends, piece.End, pieces + 1);
        }
        var rest = new LineCount(end, LineNumbers.Counted);
        rest.Pass(ends, end);
        new RuleLines(patterns, end, rest).Find(log.AsSpan((int)end), found);

        Assert.Equal(2, pieces);   // the third would have to be cut in the line that is too long
        Assert.Equal(whole.Select(Text), found.Select(Text));
        Assert.True(whole.Count > 1000);
    }

    public void Dispose() => _temp.Dispose();

    private static Rule Rule(string name, string pattern) => new(name, new Trigger.LogLine(new(PatternKind.Regex, pattern)), []);

    private static string Text(RuleLine line) => $"{line.Offset} {line.Before} {Encoding.UTF8.GetString(line.Bytes)} {string.Join(' ', line.Hits.Select(static h => h.Rule))}";

    /// <summary>Lines of all lengths and ends, holes, one longer than anybody cuts, and hits right behind every likely cut.</summary>
    private static byte[] Log()
    {
        var (random, log) = (new Random(7), new MemoryStream());
        string[] ends = ["\n", "\n", "\r\n", "\r", "\n\0\0\0"];
        while (log.Length < 34 << 20)
        {
            if (log.Length is > 23 << 20 and < (23 << 20) + 4000) log.Write(new byte[3 << 20].Select(static _ => (byte)'x').ToArray());
            var text = random.Next(40) switch { 0 => $"saved {random.Next(1000)} and oops", 1 => "oops", _ => new string('.', random.Next(3000)) };
            log.Write(Encoding.UTF8.GetBytes(text + ends[random.Next(ends.Length)]));
        }
        return log.ToArray();
    }
}
