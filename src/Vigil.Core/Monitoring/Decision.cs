using System.Collections.Immutable;

namespace Vigil.Monitoring;

/// <summary>A decision while it is made: each further fact is decided knowing those before it.</summary>
internal sealed class Decision(ExperimentState state, DateTimeOffset now)
{
    private readonly ImmutableArray<RunEvent>.Builder _events = ImmutableArray.CreateBuilder<RunEvent>();

    public ExperimentState State { get; private set; } = state;
    public DateTimeOffset Now { get; } = now;
    public ImmutableArray<RunEvent> Events => _events.ToImmutable();

    public void Add(RunEvent e)
    {
        _events.Add(e);
        State = State.Apply(e, Now);
    }

    public void Add(IEnumerable<RunEvent> events)
    {
        foreach (var e in events) Add(e);
    }
}
