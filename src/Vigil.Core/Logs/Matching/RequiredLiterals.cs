namespace Vigil.Logs;

/// <summary>What is known of the bytes that a piece of a pattern matches. Nothing known is always right; each thing known is true of every match.</summary>
/// <param name="Exact">The piece matches exactly these texts; null: not known, or too many.</param>
/// <param name="Required">Each match holds one of these; null: nothing of use is known.</param>
/// <param name="Plain">Whether each place where one of <paramref name="Exact"/> stands is a match: the piece asks for nothing around it.</param>
internal sealed record RequiredLiterals(Literal[]? Exact, Literal[]? Required, bool Plain)
{
    public const int MaxTexts = 64;
    private const int MaxBytes = 2048;
    private const int Shortest = 2;

    /// <summary>Any text at all.</summary>
    public static RequiredLiterals Unknown { get; } = new(null, null, false);

    /// <summary>A condition on the place, which takes no bytes.</summary>
    public static RequiredLiterals Assertion { get; } = new([Literal.Empty], null, false);

    public static RequiredLiterals OneOf(params Literal[] texts) => new(texts, Usable(texts), true);

    public static RequiredLiterals Alternatives(List<RequiredLiterals> branches)
    {
        if (branches.Count == 1) return branches[0];
        HashSet<Literal>? exact = [], required = [];
        var plain = true;
        foreach (var branch in branches)
        {
            plain &= branch.Plain;
            if (branch.Exact is null) exact = null;
            else exact?.UnionWith(branch.Exact);
            if (branch.Required is null) required = null;
            else required?.UnionWith(branch.Required);
        }
        var texts = exact is { Count: <= MaxTexts } ? exact.ToArray() : null;
        return new(texts, required is { Count: <= MaxTexts } ? [.. required] : null, plain && texts is not null);
    }

    public RequiredLiterals Repeated(int least, int most)
    {
        if (least == 0) return most == 1 && Exact is { Length: < MaxTexts } ? new([.. Exact, Literal.Empty], null, Plain) : Unknown;
        if (least == 1 && most == 1) return this;
        if (least != most || least > 16) return new(null, Required, false);
        var sequence = new Sequence();
        for (var i = 0; i < least; i++) sequence.Add(this);
        return sequence.Sum();
    }

    /// <summary>Joins pieces that follow one another.</summary>
    public sealed class Sequence
    {
        private Literal[] _run = [Literal.Empty];   // what the pieces since the last unknown one match
        private Literal[]? _best;
        private bool _whole = true;                 // whether no piece was unknown yet
        private bool _plain = true;

        public void Add(RequiredLiterals piece)
        {
            _plain &= piece.Plain;
            if (piece.Exact is not null && Crossed(_run, piece.Exact) is { } longer)
            {
                _run = longer;
                return;
            }
            _whole = false;
            _best = Better(Better(_best, Usable(_run)), piece.Required);
            _run = piece.Exact ?? [Literal.Empty];
        }

        public RequiredLiterals Sum() => _whole ? new(_run, Usable(_run), _plain) : new(null, Better(_best, Usable(_run)), false);
    }

    private static Literal[]? Crossed(Literal[] left, Literal[] right)
    {
        if (left.Length * right.Length > MaxTexts) return null;
        var all = new Literal[left.Length * right.Length];
        int at = 0, bytes = 0;
        foreach (var head in left)
            foreach (var tail in right)
            {
                all[at] = head + tail;
                bytes += all[at++].Length;
            }
        return bytes <= MaxBytes ? all : null;
    }

    private static Literal[]? Usable(Literal[] texts) => Array.TrueForAll(texts, static t => t.Length >= Shortest) ? texts : null;

    private static Literal[]? Better(Literal[]? one, Literal[]? other) =>
        one is null ? other : other is null || Worth(one) >= Worth(other) ? one : other;

    /// <summary>In bits: how rare the least rare of the texts is, by its rarest four bytes; more texts are found more often.</summary>
    private static double Worth(Literal[] texts) => texts.Length == 0 ? double.MaxValue : LeastWorth(texts) - Math.Log2(texts.Length);

    private static double LeastWorth(Literal[] texts)
    {
        var least = double.MaxValue;
        foreach (var text in texts) least = Math.Min(least, Worth(text));
        return least;
    }

    private static double Worth(Literal text)
    {
        double best = 0;
        for (var start = 0; start == 0 || start + LiteralPlan.Window <= text.Length; start++)
        {
            double sum = 0;
            for (var i = start; i < Math.Min(text.Length, start + LiteralPlan.Window); i++) sum += ByteFrequencies.UsualRarity(text.Bytes[i]) - (text.Either[i] == 0 ? 0 : 0.2);
            best = Math.Max(best, sum);
        }
        return best + 0.1 * Math.Min(text.Length, 20);   // a longer text leaves more choice when the log is known
    }
}
