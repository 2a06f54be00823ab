namespace FakeSlurm;

/// <summary>What the cluster is and allows; the defaults are those of <c>eng/slurm-testbed</c>, so that both can be asked the same.</summary>
public sealed class Site
{
    public string User { get; set; } = Environment.UserName;
    public int UserId { get; set; } = Environment.UserName == "root" ? 0 : 1000;
    public string ClusterName { get; set; } = "testbed";

    /// <summary>The zone whose time Slurm's commands print; null: this machine's.</summary>
    public string? Zone { get; set; }

    public int NodeCount { get; set; } = 4;
    public int CpusPerNode { get; set; } = 16;
    public int GpusPerNode { get; set; } = 4;
    public int MemoryPerNode { get; set; } = 64000;

    /// <summary>Nodes that take no job.</summary>
    public List<string> DownNodes { get; set; } = [];

    /// <summary>How many jobs run at once at most; null: as many as the nodes bear.</summary>
    public int? Slots { get; set; }

    public List<FakePartition> Partitions { get; set; } =
    [
        new("main") { IsDefault = true, MaxMinutes = 7 * 24 * 60, DefaultMinutes = 60, Tier = 10, PreemptMode = "OFF" },
        new("low"),
        new("lowkill") { PreemptMode = "CANCEL" },
        new("short") { MaxMinutes = 5, DefaultMinutes = 1, Tier = 10, PreemptMode = "OFF" },
        new("closed") { IsDown = true },
    ];

    public List<string> Accounts { get; set; } = ["test", "other"];

    public List<FakeQos> Qos { get; set; } = [new("normal"), new("limited") { MaxSubmit = 3, MaxRunning = 1 }, new("brief") { MaxMinutes = 2, DeniesOnLimit = true }];

    /// <summary>Jobs that one user may have in the queue by account; 0: no limit.</summary>
    public int MaxSubmit { get; set; }

    public int MaxArraySize { get; set; } = 20001;

    /// <summary>Jobs that the controller holds at most.</summary>
    public int MaxJobCount { get; set; } = 50000;

    /// <summary>Seconds after its end at which the controller forgets a job.</summary>
    public int MinJobAge { get; set; } = 300;

    /// <summary>Seconds that a requeued job waits, one more than the life of a credential.</summary>
    public int RequeueDelay { get; set; } = 121;

    /// <summary>Seconds between a submission and the earliest start.</summary>
    public double StartDelay { get; set; } = 1;

    /// <summary>Seconds that a job stays on its nodes after its end.</summary>
    public double CompletingSeconds { get; set; }

    /// <summary>Seconds by which accounting is behind the controller.</summary>
    public double AccountingLag { get; set; }

    /// <summary>Accounting keeps no comments (no AccountingStoreFlags=job_comment).</summary>
    public bool DropsComments { get; set; }

    /// <summary>There is no accounting at all.</summary>
    public bool HasNoAccounting { get; set; }

    /// <summary>Whether scripts are really run, with bash, and end as they end.</summary>
    public bool Executes { get; set; }

    /// <summary>For a program in another process: the cluster's clock follows the machine's, plus <see cref="FakeCluster.Skew"/>.</summary>
    public bool FollowsMachineClock { get; set; }

    /// <summary>Requests that one user may make at once (rl_bucket_size); 0: no limit. A request too many waits in the client and tries again, silently.</summary>
    public int RateBucket { get; set; }

    /// <summary>Requests a second that refill the bucket.</summary>
    public double RateRefill { get; set; } = 2;
}

/// <summary>A partition; without limits unless it says some.</summary>
public sealed record FakePartition(string Name)
{
    public bool IsDefault { get; init; }
    public bool IsDown { get; init; }

    /// <summary>Null: no limit.</summary>
    public int? MaxMinutes { get; init; }

    /// <summary>Null: the partition's limit.</summary>
    public int? DefaultMinutes { get; init; }

    public int Tier { get; init; } = 1;
    public string PreemptMode { get; init; } = "REQUEUE";
}

/// <summary>A quality of service; 0 is no limit.</summary>
public sealed record FakeQos(string Name)
{
    public int MaxSubmit { get; init; }
    public int MaxRunning { get; init; }
    public int MaxMinutes { get; init; }
    public bool DeniesOnLimit { get; init; }
}
