namespace Vigil.Logs;

/// <summary>
/// Names in the lines of an unknown trainer that may be metrics: what is printed once or twice is a setting. A name counts from its third
/// sighting. Bounded, whatever a log invents.
/// </summary>
internal sealed class NewNames
{
    private const int Enough = 3, MaxNames = 256, MaxNameBytes = 128;

    private readonly List<Candidate> _candidates = [];

    /// <summary>Takes a sighting down; true when it is the third.</summary>
    public bool IsEnough(MetricField field, long step, long offset, out Candidate candidate)
    {
        foreach (var known in _candidates)
        {
            if (!field.Name.SequenceEqual(known.Name)) continue;
            candidate = known;
            if (known.Second is { } && known.Second.Value.Offset != offset) return _candidates.Remove(known);
            if (known.First.Offset != offset) known.Second ??= new Sighting(step, field.Value, offset);
            return false;
        }
        candidate = new Candidate(field.Name.ToArray(), new Sighting(step, field.Value, offset));
        if (_candidates.Count < MaxNames && field.Name.Length <= MaxNameBytes) _candidates.Add(candidate);
        return false;
    }

    public readonly record struct Sighting(long Step, double Value, long Offset);

    public sealed class Candidate(byte[] name, Sighting first)
    {
        public byte[] Name => name;
        public Sighting First => first;
        public Sighting? Second { get; set; }
    }
}
