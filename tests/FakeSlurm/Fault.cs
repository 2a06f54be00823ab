namespace FakeSlurm;

/// <summary>What can go wrong with a command.</summary>
public enum FaultKind
{
    /// <summary>No controller: every command waits 9 s and says so.</summary>
    Down,

    /// <summary>The controller hangs: every command gives up after 10 s; what it asked for is not done.</summary>
    Hung,

    /// <summary>The answer comes after <see cref="Fault.Seconds"/>.</summary>
    Slow,

    /// <summary>The client gives up after 10 s, yet what it asked for is done.</summary>
    AcceptThenTimeOut,

    /// <summary>A submission is turned away with a text (a site's own filter), exit code 1.</summary>
    Refuse,

    /// <summary>squeue finds nothing, exit code 0.</summary>
    EmptyQueue,

    /// <summary>squeue shows the jobs of others too, whatever it was asked.</summary>
    OtherUsers,

    /// <summary>Only the jobs of others.</summary>
    OnlyOtherUsers,

    /// <summary>Lines are cut, doubled or mixed with text that is no table.</summary>
    Garbled,

    /// <summary>Lines of <see cref="Fault.Text"/> come before the answer on stdout.</summary>
    Noise,

    /// <summary>sbatch adds <c>;cluster</c> to the id.</summary>
    ClusterSuffix,

    /// <summary>The controller says that the client asks too often, and the client gives up.</summary>
    RateLimited,

    /// <summary>The client waits and tries again, then does what was asked.</summary>
    TemporarilyUnable,

    /// <summary>The client waits and tries again for two minutes, then gives up.</summary>
    StaysUnable,

    /// <summary>No munged.</summary>
    NoMunge,

    /// <summary>slurmdbd is not there.</summary>
    AccountingDown,

    /// <summary>slurmdbd does not answer; sacct has no time limit of its own.</summary>
    AccountingHung,

    /// <summary>sacct finds nothing, exit code 0.</summary>
    EmptyAccounting,
}

/// <summary>Something that goes wrong with the next commands.</summary>
public sealed record Fault(FaultKind Kind)
{
    /// <summary>The command that it befalls; null: each that it makes sense for.</summary>
    public string? Command { get; init; }

    /// <summary>How many calls it lasts; null: until it is taken away.</summary>
    public int? Times { get; init; }

    /// <summary>How many calls are spared before.</summary>
    public int Spares { get; init; }

    public double Seconds { get; init; } = 5;
    public string Text { get; init; } = "";
}

/// <summary>One witness says something else than the truth.</summary>
/// <param name="Witness"><c>squeue</c> or <c>sacct</c>.</param>
/// <param name="Name">The jobs' names, with <c>*</c> and <c>?</c>.</param>
/// <param name="State">The state that it names, known to Slurm or not; null: it does not show the job.</param>
public sealed record FalseWitness(string Witness, string Name, string? State);
