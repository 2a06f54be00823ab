namespace Vigil.Logs;

/// <summary>The way of one log into its run's file of points: what it adds stands under its own name, whatever other files of the run add in between.</summary>
public sealed class SeriesSource
{
    private readonly SeriesWriter? _writer;
    private readonly string _name;

    internal SeriesSource(SeriesWriter? writer, string name) => (_writer, _name, HasMissed) = (writer, name, writer is null);

    /// <summary>Where nothing can be kept for now.</summary>
    public static SeriesSource Nowhere() => new(null, "");

    /// <summary>
    /// Whether something was left out. Then all that follows is, too: behind a gap nobody would look for it again. Whoever reads the log
    /// begins anew at <see cref="SeriesWriter.EndOf"/>, with a source of its own.
    /// </summary>
    public bool HasMissed { get; private set; }

    /// <summary>The metrics that a line has set.</summary>
    internal void Add(MetricTable table, long offset)
    {
        if (HasMissed || _writer is not { IsFull: false } writer)
        {
            HasMissed = true;
            return;
        }
        writer.Begin(_name);
        writer.Add(table, offset);
    }
}
