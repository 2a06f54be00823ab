using Vigil.Bench;

// Vigil.Bench journal|replay|fsyncs|plan|poll|scan|latency|watched|catchup|files|evals|page|report-folder SCRATCH: one row a measure, its columns separated by tabs (bench/run prints them).
if (args is not [var name, var scratch]) return Usage();
switch (name)
{
    case "journal": await JournalBench.RestartAsync(scratch); return 0;
    case "replay": JournalBench.Replay(scratch); return 0;
    case "fsyncs": await FlushBench.RunAsync(scratch); return 0;
    case "plan": PlanBench.Run(); return 0;
    case "poll": await PollBench.RunAsync(scratch); return 0;
    case "scan": ScanBench.Run(scratch); return 0;
    case "latency": LatencyBench.Run(scratch); return 0;
    case "watched": WatchBench.Run(scratch); return 0;
    case "catchup": CatchUpBench.Run(scratch); return 0;
    case "watch": await WatchedRuns.WatchAsync(scratch); return 0;   // the monitor of the three before
    case "files": FilesBench.Run(scratch); return 0;
    case "evals": EvalBench.Run(scratch); return 0;
    case "page": await PageBench.RunAsync(scratch); return 0;
    case "report-folder": ReportFolder.Write(scratch); return 0;   // what bench/run reports on
    default: return Usage();
}

static int Usage()
{
    Console.Error.WriteLine("usage: Vigil.Bench journal|replay|fsyncs|plan|poll|scan|latency|watched|catchup|files|evals|page|report-folder SCRATCH-FOLDER");
    return 2;
}
