using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json.Serialization;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>One run as it was planned: everything that is needed to start any attempt of it. Kept in the journal, so its fields are for ever.</summary>
public sealed record PlannedRun
{
    public required RunId Id { get; init; }

    /// <summary>The run's name without its stage: the key in <c>runs_status.yaml</c>.</summary>
    public required string Point { get; init; }

    /// <summary>Null without stages.</summary>
    public string? Stage { get; init; }

    /// <summary>Place in the plan, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>Absolute. What <c>{output_dir}</c> is filled with.</summary>
    public required string OutputDir { get; init; }

    /// <summary>Absolute, with <c>%j</c> for the job id.</summary>
    public required string LogPath { get; init; }

    /// <summary>Absolute: the symlink to the newest log. Null: none is kept.</summary>
    public string? LogPathCurrent { get; init; }

    /// <summary>Runs that must complete first (<i>after</i> edges).</summary>
    public ImmutableArray<RunId> DependsOn { get; init; } = [];

    /// <summary>Runs that conditions look at (<i>watches</i> edges); they order nothing.</summary>
    public ImmutableArray<RunId> Watches { get; init; } = [];

    /// <summary>What the sweep set, key → value as written, in axis order.</summary>
    public ImmutableArray<Coordinate> Overrides { get; init; } = [];

    public required CommandTemplate Command { get; init; }

    /// <summary>Values of the <c>{dotted.key}</c> placeholders of the command that name the run's own configuration.</summary>
    public ImmutableSortedDictionary<string, string> Placeholders { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Absolute: the job's working folder.</summary>
    public required string WorkDir { get; init; }

    /// <summary>Exported in the script; values are literal text.</summary>
    public ImmutableSortedDictionary<string, string> Env { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Whether the wrapper sets <c>PYTHONUNBUFFERED</c>, <c>COLUMNS</c> and <c>TQDM_MININTERVAL</c> where they are unset.</summary>
    public bool EnvDefaults { get; init; } = true;

    public Resources Resources { get; init; } = new(Cpus: 1, Gpus: 0);

    /// <summary>Null: no limit.</summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>Larger starts first among runs that are ready.</summary>
    public int Priority { get; init; }

    public RestartPolicy Restart { get; init; } = RestartPolicy.Default;

    /// <summary>What it asks of Slurm; null: the run is a job of this machine.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SlurmJob? Slurm { get; init; }

    /// <summary>The set of rules that watch over it, by its id; null: none do.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Rules { get; init; }

    /// <summary>Null: it starts when it can and ends when its job does.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Lifecycle? Lifecycle { get; init; }

    /// <summary>The run that it was started from; null: the experiment's own file asked for it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Lineage? Lineage { get; init; }

    /// <summary>What it evaluates; null: it is no evaluation.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PlannedEvaluation? Evaluation { get; init; }

    /// <summary>What must be there when its job completed for the run to be complete; null: the scheduler's word is enough.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<Artifact>? Artifacts { get; init; }

    /// <summary>What a restart has changed of the plan; null: nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<Deviation>? Deviations { get; init; }

    /// <summary>Which other tool's files its folder has beside ours; null: none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Compat { get; init; }

    /// <summary>Whether its folder has what FluxGym looks for.</summary>
    public bool IsForFluxGym() => Compat == Compatibility.FluxGym;

    /// <summary>The values of its environment that no text about it shows.</summary>
    public SecretValues Secrets()
    {
        var script = Slurm?.Script;
        return SecretValues.OfVariables([.. Env, .. ((ImmutableArray<SlurmVariable>)[.. script?.Env ?? [], .. script?.Container?.Env ?? []]).Select(static v => KeyValuePair.Create(v.Name, v.Value))]);
    }

    /// <summary>How many attempts there may be before a person asks for more.</summary>
    public int MostAttempts() => Math.Max(Restart.MaxAttempts, Slurm?.Chain ?? 1);

    /// <summary>Time limit × nodes × GPUs; 0 when either is unknown.</summary>
    public double GpuHours { get; init; }

    /// <summary>SHA-256 (hex) of the frozen resolved configuration.</summary>
    public string ConfigHash { get; init; } = "";

    /// <summary>The same without the rules and conditions that watch over the run; null: there were none, or the plan is older than this.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? WorkHash { get; init; }
}

/// <summary>One axis of the sweep and its value at this point, as the user wrote it.</summary>
public readonly record struct Coordinate(string Key, string Value);

/// <summary>What one attempt occupies on its machine; <c>Cpus</c> 0 takes no CPU slot.</summary>
public readonly record struct Resources(int Cpus, int Gpus);

/// <summary>The user's command; <c>{placeholders}</c> still stand in it.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Line), "line")]
[JsonDerivedType(typeof(Words), "words")]
public abstract record CommandTemplate
{
    private CommandTemplate() { }

    /// <summary>Of its placeholders, as often as they stand in it.</summary>
    public IEnumerable<string> Names() => this switch
    {
        Line line => PlaceholderText.Parse(line.Text).Names,
        Words words => words.Items.SelectMany(static word => PlaceholderText.Parse(word).Names),
        _ => throw new UnreachableException(),
    };

    /// <summary>Whether it tells its program which of a folder's checkpoints to load.</summary>
    public bool TellsStep() => Names().Contains(Placeholders.LastCheckpointStep);

    /// <summary>One bash line, the user's own shell.</summary>
    public sealed record Line(string Text) : CommandTemplate;

    /// <summary>A program and its arguments; nothing in it is shell.</summary>
    public sealed record Words(ImmutableArray<string> Items) : CommandTemplate
    {
        /// <summary>Of its words those that are left out while a checkpoint that they name is not there; null: none are.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public ImmutableArray<WordGroup>? Groups { get; init; }
    }
}

/// <summary>When an ended attempt is followed by another one.</summary>
/// <param name="MaxAttempts">Caps all attempts of a run, whatever asks for them.</param>
/// <param name="DelaySeconds">Before the second attempt; doubles with each further one, to an hour at most.</param>
public sealed record RestartPolicy(int MaxAttempts, double DelaySeconds, ImmutableArray<FailureCause> Causes)
{
    /// <summary>Most restarts for one cause; a cause that is not named has no cap of its own. Null: none has.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<CauseBudget>? Budgets { get; init; }

    /// <summary>No restart once the attempts have taken so many GPU-hours; null: whatever they take.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? MaxGpuHours { get; init; }

    public static RestartPolicy Default { get; } = new(3, 60, [FailureCause.Infrastructure]);
}

/// <param name="Restarts">Most restarts after attempts that failed of it.</param>
public sealed record CauseBudget(FailureCause Cause, int Restarts);

/// <summary>Where a run comes from that no file asked for.</summary>
/// <param name="Parent">The run whose frozen configuration it was made of.</param>
/// <param name="Checkpoint">Null: none was named.</param>
/// <param name="By">The firing that asked, or the person: <c>user:ada</c>.</param>
public sealed record Lineage(RunId Parent, string? Checkpoint, string By);
