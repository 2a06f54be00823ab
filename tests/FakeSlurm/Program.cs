using FakeSlurm;

// FakeSlurm COMMAND WORD…, where a test's bin folder holds a shim for each command. The cluster lives in the file that FAKE_SLURM_STATE names.
if (args.Length == 0 || Environment.GetEnvironmentVariable("FAKE_SLURM_STATE") is not { Length: > 0 } path)
{
    Console.Error.WriteLine("usage: FAKE_SLURM_STATE=FILE FakeSlurm sbatch|squeue|sacct|scancel|scontrol|sinfo|sacctmgr|fake WORD…");
    return 2;
}
var input = args[0] == "sbatch" && Console.IsInputRedirected && args.All(word => word.StartsWith('-') && !word.StartsWith("--wrap", StringComparison.Ordinal)) ? Console.In.ReadToEnd() : "";
Answer answer;
bool waits;
using (var file = StateFile.Open(path))
{
    var cluster = new FakeCluster(file.State);
    waits = cluster.Site.FollowsMachineClock;
    if (waits) cluster.CatchUp(DateTimeOffset.UtcNow + cluster.Skew);
    answer = cluster.Run(args, input, Environment.CurrentDirectory);
    file.Save();
}
// On the machine's clock a slow command is slow, after its work is done: whoever kills it meanwhile does not undo it.
if (waits && answer.Took > TimeSpan.Zero) await Task.Delay(answer.Took, CancellationToken.None);
Console.Error.Write(answer.Errors);
Console.Out.Write(answer.Output);
return answer.ExitCode;
