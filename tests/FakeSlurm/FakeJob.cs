using System.Text.Json.Serialization;

namespace FakeSlurm;

/// <summary>One job, or one task of an array.</summary>
public sealed class FakeJob
{
    /// <summary>What squeue's JobID and sacct's JobIDRaw say. An array's waiting tasks share the array's id; each gets its own when it starts, and the last one keeps the array's.</summary>
    public int Id { get; set; }

    /// <summary>The array's id, or null outside an array.</summary>
    public int? ArrayId { get; set; }

    public int? TaskId { get; set; }

    /// <summary>A waiting task that has no id of its own yet.</summary>
    public bool Grouped { get; set; }

    public string Name { get; set; } = "";

    /// <summary>Null where none was given, which squeue shows as <c>(null)</c>.</summary>
    public string? Comment { get; set; }

    public string User { get; set; } = "";
    public string Account { get; set; } = "";
    public string Partition { get; set; } = "";
    public string Qos { get; set; } = "";
    public string WorkDir { get; set; } = "";
    public string Output { get; set; } = "";
    public string? Error { get; set; }
    public bool AppendsOutput { get; set; }
    public string Script { get; set; } = "";

    /// <summary>The script's path as it was given, null for <c>--wrap</c> and stdin.</summary>
    public string? Command { get; set; }

    /// <summary>The script's arguments.</summary>
    public List<string> Arguments { get; set; } = [];

    public int Nodes { get; set; } = 1;
    public int Tasks { get; set; } = 1;
    public int CpusPerTask { get; set; } = 1;

    /// <summary>GPUs on each node.</summary>
    public int Gpus { get; set; }

    /// <summary>Null: no limit.</summary>
    public int? LimitMinutes { get; set; }

    /// <summary>How many tasks of the array may run at once; 0: all.</summary>
    public int Throttle { get; set; }

    public bool Requeues { get; set; } = true;
    public string? Dependency { get; set; }
    public bool DiesOfInvalidDependency { get; set; }
    public List<string> Excluded { get; set; } = [];

    /// <summary>What <c>--signal</c> said, as a name without SIG, and how long before the limit.</summary>
    public string? Warning { get; set; }
    public int WarningSeconds { get; set; }
    public bool Warned { get; set; }

    public string State { get; set; } = JobStates.Pending;
    public string Reason { get; set; } = "None";

    /// <summary>Why it is held, or null.</summary>
    public string? Held { get; set; }

    public DateTimeOffset Submitted { get; set; }

    /// <summary>Not before this time: <c>--begin</c>, or the wait of a requeued job.</summary>
    public DateTimeOffset? Begin { get; set; }

    public DateTimeOffset? Started { get; set; }
    public DateTimeOffset? Ended { get; set; }

    /// <summary>Still on its nodes until then, although it has ended.</summary>
    public DateTimeOffset? CompletingUntil { get; set; }

    public List<string> NodeList { get; set; } = [];
    public int RestartCount { get; set; }
    public int ExitCode { get; set; }
    public int Signal { get; set; }

    /// <summary>Who cancelled it.</summary>
    public int? CancelledBy { get; set; }

    /// <summary>Every signal that it was sent.</summary>
    public List<string> Signals { get; set; } = [];

    /// <summary>When and how the run that is under way will end by itself; null: not by itself.</summary>
    public DateTimeOffset? EndsAt { get; set; }
    public Ending? EndsAs { get; set; }

    /// <summary>Forgotten by the controller, known to accounting.</summary>
    public bool Purged { get; set; }

    /// <summary>What accounting was told, in order.</summary>
    public List<AccountingRecord> Records { get; set; } = [];

    [JsonIgnore]
    public string ShownId => ArrayId is { } array ? $"{array}_{TaskId}" : $"{Id}";

    [JsonIgnore]
    public bool IsPending => State == JobStates.Pending;

    [JsonIgnore]
    public bool IsRunning => State is JobStates.Running or JobStates.Suspended;

    [JsonIgnore]
    public bool HasEnded => Ended is not null && !IsPending;

    [JsonIgnore]
    public string ShownExit => $"{ExitCode}:{Signal}";
}

/// <summary>One thing that accounting was told about one run of a job.</summary>
public sealed record AccountingRecord(DateTimeOffset At, int Run, string State, string Exit, DateTimeOffset? Started, DateTimeOffset? Ended, DateTimeOffset Submitted, string Nodes)
{
    /// <summary>Whether it was a waiting task without an id of its own.</summary>
    public bool Grouped { get; init; }
}
