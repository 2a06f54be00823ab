using Vigil.Logs;

namespace Vigil.Core.Tests.Logs.Matching;

/// <summary>The search for many texts at once, with the vectors of each machine.</summary>
public sealed class LiteralSearchTests
{
    [Theory]
    [InlineData(1), InlineData(16), InlineData(32), InlineData(64)]
    public void Vectors_of_each_width_find_each_literal_wherever_it_stands(int width)
    {
        if (width > (int)LiteralSearch.Best) Assert.Skip("this machine has no such vectors");
        var random = new Random(5);
        for (var round = 0; round < 100; round++)
        {
            var literals = Enumerable.Range(0, random.Next(1, 120)).Select(_ => Some(random)).Distinct().ToArray();
            var text = new byte[random.Next(400)];
            for (var i = 0; i < text.Length; i++) text[i] = (byte)"abAB1\0\u0081\u00e1"[random.Next(8)];
            var plan = new LiteralPlan(literals, round % 2 == 0 ? ByteFrequencies.Usual : new ByteFrequencies(text));
            Assert.Equal(Naive(literals, text), Found((LiteralSearch.Width)width, plan, literals, text));
        }
    }

    [Fact]
    public void Hundreds_of_literals_that_a_log_lacks_are_seldom_tried()
    {
        var random = new Random(9);
        var log = new byte[1 << 20];
        var line = " [2026-11-22 00:00:01] iteration       10/     200 | elapsed time per iteration (ms): 20.5 | lm loss: 2.31E+00 | grad norm: 0.5 |\n"u8;
        for (var i = 0; i < log.Length; i++) log[i] = line[i % line.Length];
        string[] words = ["CUDA error: ", "slurmstepd: error: ", "Traceback ", "Segmentation ", "nvlink: ", "quota exceeded "];
        var literals = Enumerable.Range(0, 300).Select(i => Literal.Of(System.Text.Encoding.UTF8.GetBytes($"{words[i % 6]}{random.Next(1000)}"))).Distinct().ToArray();
        long tried = 0;
        Assert.True(LiteralSearch.Next(new LiteralPlan(literals, new ByteFrequencies(log.AsSpan(0, 128 << 10))), log, 0, [], ref tried) < 0);
        Assert.True(tried < log.Length / 500, $"{tried} places passed the vectors");
    }

    private static Literal Some(Random random)
    {
        var literal = Literal.Empty;
        for (var length = random.Next(2, 7); length > 0; length--)
            literal += random.Next(3) == 0 ? Literal.OfEitherCase("abAB"[random.Next(4)]) : Literal.Of([(byte)"abAB1\0\u0081\u00e1"[random.Next(8)]]);
        return literal;
    }

    private static HashSet<(int At, Literal Literal)> Naive(Literal[] literals, byte[] text)
    {
        HashSet<(int, Literal)> found = [];
        foreach (var literal in literals)
            for (var at = 0; at < text.Length; at++)
                if (literal.IsAt(text, at)) found.Add((at, literal));
        return found;
    }

    private static HashSet<(int At, Literal Literal)> Found(LiteralSearch.Width width, LiteralPlan plan, Literal[] literals, byte[] text)
    {
        HashSet<(int, Literal)> found = [];
        List<int> here = [];
        long tried = 0;
        for (var at = LiteralSearch.Next(width, plan, text, 0, here, ref tried); at >= 0; at = LiteralSearch.Next(width, plan, text, at + 1, here, ref tried))
        {
            foreach (var literal in here) found.Add((at - plan.WindowOf(literal), literals[literal]));
            here.Clear();
        }
        return found;
    }
}
