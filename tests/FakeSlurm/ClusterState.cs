using System.Text.Json.Serialization;

namespace FakeSlurm;

/// <summary>All that the cluster remembers; what the state file holds.</summary>
public sealed class ClusterState
{
    private readonly Dictionary<int, List<FakeJob>> _byBase = [];
    private int _indexed;

    public DateTimeOffset Now { get; set; } = new(2026, 11, 22, 3, 0, 0, TimeSpan.Zero);

    /// <summary>How far the cluster's clock is ahead of its users'.</summary>
    public TimeSpan Skew { get; set; }

    public int NextId { get; set; } = 1;
    public Site Site { get; set; } = new();
    public List<FakeJob> Jobs { get; set; } = [];
    public List<Ending> Endings { get; set; } = [];
    public List<Fault> Faults { get; set; } = [];
    public List<FalseWitness> FalseWitnesses { get; set; } = [];

    /// <summary>How often each command was called.</summary>
    public Dictionary<string, int> Calls { get; set; } = [];

    public double RateTokens { get; set; } = double.MaxValue;
    public DateTimeOffset RateAt { get; set; }

    /// <summary>Whether something ended or came since dependencies were last looked at.</summary>
    public bool DependenciesAreStale { get; set; }

    /// <summary>Where really running jobs keep their pid and exit code.</summary>
    [JsonIgnore]
    public string? ExecutionFolder { get; set; }

    [JsonIgnore]
    public TimeZoneInfo Zone => Site.Zone is { } id ? TimeZoneInfo.FindSystemTimeZoneById(id) : TimeZoneInfo.Local;

    /// <summary>The job of that id, or every task of that array; forgotten ones are not found.</summary>
    public IReadOnlyList<FakeJob> Find(int id)
    {
        for (; _indexed < Jobs.Count; _indexed++)
        {
            var key = Jobs[_indexed].ArrayId ?? Jobs[_indexed].Id;
            if (!_byBase.TryGetValue(key, out var list)) _byBase[key] = list = [];
            list.Add(Jobs[_indexed]);
        }
        var found = (_byBase.GetValueOrDefault(id) ?? []).Where(job => !job.Purged).ToList();
        // A job id that was used again belongs to the youngest.
        if (found.Count > 1 && found.Any(job => job.ArrayId is null)) return [found[^1]];
        return found.Count > 0 ? found : [.. Jobs.Where(job => job.Id == id && !job.Purged && !job.Grouped)];
    }

    /// <summary>Takes a job out that leaves no trace.</summary>
    public void Forget(FakeJob job)
    {
        Jobs.Remove(job);
        _byBase.Clear();
        _indexed = 0;
    }

    /// <summary>A time as Slurm's commands print it.</summary>
    public string Shown(DateTimeOffset time) => TimeZoneInfo.ConvertTime(time, Zone).ToString("yyyy-MM-ddTHH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);
}
