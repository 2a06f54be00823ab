namespace FakeSlurm.Commands;

/// <summary><c>scontrol show config</c> and <c>show partition</c>.</summary>
internal static class ShowConfig
{
    public static string Text(ClusterState state)
    {
        var site = state.Site;
        (string Name, string Value)[] settings =
        [
            ("AccountingStorageEnforce", "associations,limits,qos"), ("AccountingStorageTRES", "cpu,mem,energy,node,billing,fs/disk,vmem,pages,gres/gpu"),
            ("AccountingStorageType", site.HasNoAccounting ? "accounting_storage/none" : "accounting_storage/slurmdbd"), ("AccountingStoreFlags", site.DropsComments ? "(null)" : "job_comment,job_env,job_script"),
            ("AuthType", "auth/munge"), ("ClusterName", site.ClusterName), ("DefMemPerCPU", "100"), ("EnforcePartLimits", "NO"), ("FirstJobId", "1"), ("GresTypes", "gpu"), ("InactiveLimit", "0 sec"),
            ("JobRequeue", "1"), ("KillWait", "2 sec"), ("MaxArraySize", $"{site.MaxArraySize}"), ("MaxJobCount", $"{site.MaxJobCount}"), ("MaxJobId", "67043328"), ("MaxMemPerNode", "UNLIMITED"),
            ("MessageTimeout", "10 sec"), ("MinJobAge", $"{site.MinJobAge} sec"), ("NEXT_JOB_ID", $"{state.NextId}"), ("OverTimeLimit", "0 min"), ("PreemptMode", "REQUEUE"), ("PreemptType", "preempt/partition_prio"),
            ("RequeueExit", "(null)"), ("RequeueExitHold", "(null)"), ("ReturnToService", "2"), ("SchedulerType", "sched/backfill"), ("SelectType", "select/cons_tres"), ("SelectTypeParameters", "CR_CORE_MEMORY"),
            ("SlurmUser", "root(0)"), ("SlurmctldHost[0]", "vm(127.0.0.1)"), ("SlurmctldParameters", site.RateBucket > 0 ? $"rl_enable,rl_bucket_size={site.RateBucket}" : "(null)"), ("SlurmctldTimeout", "10 sec"),
            ("SlurmdTimeout", "9 sec"), ("SLURM_CONF", "/etc/slurm/slurm.conf"), ("SLURM_VERSION", "22.05.8"), ("StateSaveLocation", "/var/spool/slurmctld"), ("TaskPlugin", "task/none"), ("WaitTime", "0 sec"),
        ];
        return $"Configuration data as of {state.Shown(state.Now)}\n{string.Concat(settings.Select(setting => $"{setting.Name,-23} = {setting.Value}\n"))}\nSlurmctld(primary) at vm is UP\n";
    }

    public static string Partition(Site site, FakePartition partition, bool oneLine)
    {
        var (nodes, cpus) = (site.NodeCount, site.NodeCount * site.CpusPerNode);
        string[] lines =
        [
            $"PartitionName={partition.Name}",
            "AllowGroups=ALL AllowAccounts=ALL AllowQos=ALL",
            $"AllocNodes=ALL Default={(partition.IsDefault ? "YES" : "NO")} QoS=N/A",
            $"DefaultTime={Limit(partition.DefaultMinutes, "NONE")} DisableRootJobs=NO ExclusiveUser=NO GraceTime=0 Hidden=NO",
            $"MaxNodes=UNLIMITED MaxTime={Limit(partition.MaxMinutes, "UNLIMITED")} MinNodes=0 LLN=NO MaxCPUsPerNode=UNLIMITED",
            $"Nodes={NodeNames.Shown([.. NodeNames.All(site)])}",
            $"PriorityJobFactor=1 PriorityTier={partition.Tier} RootOnly=NO ReqResv=NO OverSubscribe=NO",
            $"OverTimeLimit=NONE PreemptMode={partition.PreemptMode}",
            $"State={(partition.IsDown ? "DOWN" : "UP")} TotalCPUs={cpus} TotalNodes={nodes} SelectTypeParameters=NONE",
            "JobDefaults=(null)",
            "DefMemPerNode=UNLIMITED MaxMemPerNode=UNLIMITED",
            $"TRES=cpu={cpus},mem={site.MemoryPerNode * nodes / 1024}G,node={nodes},billing={cpus}{(site.GpusPerNode > 0 ? $",gres/gpu={site.GpusPerNode * nodes}" : "")}",
        ];
        return oneLine ? string.Join(' ', lines) + "\n" : string.Join("\n   ", lines) + "\n\n";
    }

    private static string Limit(int? minutes, string unlimited) => minutes is { } limit ? TimeWords.Full(TimeSpan.FromMinutes(limit)) : unlimited;
}
