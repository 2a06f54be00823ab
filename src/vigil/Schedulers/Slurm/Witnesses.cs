using System.Collections.Immutable;
using Vigil.Monitoring;

namespace Vigil.Schedulers.Slurm;

/// <summary>What the witnesses of one cluster said last, and what is shown of it. A poll and any number of cancellations write to it at the same time.</summary>
internal sealed class Witnesses
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Witness> _all = new(StringComparer.Ordinal);
    private Func<SchedulerSight>? _sight;
    private SchedulerSight? _seen;

    /// <summary>Made when somebody looks.</summary>
    public SchedulerSight Sight
    {
        get
        {
            lock (_lock) return _seen ??= _sight?.Invoke() ?? new SchedulerSight(InOrder(), ImmutableDictionary<string, JobSight>.Empty);
        }
    }

    /// <param name="trouble">Null: it answered.</param>
    public void Heard(string name, DateTimeOffset at, string? trouble)
    {
        lock (_lock)
        {
            _all[name] = new(name, trouble is null ? at : _all.GetValueOrDefault(name)?.Answered, trouble);
            _seen = null;
        }
    }

    /// <summary>It answered, and something in the answer is not as it should be.</summary>
    public void Remark(string name, DateTimeOffset at, string? remark)
    {
        lock (_lock) _all[name] = new(name, at, remark);
    }

    /// <param name="source">Whose rows are shown; before it has answered for the first time there are none.</param>
    /// <param name="make">From the witnesses as they are now, and the time of the source's answer.</param>
    public void Show(string source, Func<ImmutableArray<Witness>, DateTimeOffset, SchedulerSight> make)
    {
        lock (_lock)
        {
            if (_all.GetValueOrDefault(source)?.Answered is not { } at) return;
            var witnesses = InOrder();
            _sight = () => make(witnesses, at);
            _seen = null;
        }
    }

    private ImmutableArray<Witness> InOrder() => [.. _all.Values.OrderByDescending(static w => w.Name, StringComparer.Ordinal)];
}
