using Vigil.Planning;
using Vigil.Platform;

namespace Vigil.Schedulers.Local;

/// <summary>Moves <c>current.log</c>, and <c>training.log</c> to it, to the log of the job that starts now. The job does it as well where this did not; here it costs no process.</summary>
internal static class CurrentLog
{
    public static void Point(PlannedRun run, string log)
    {
        if (run.LogPathCurrent is not { } link || Path.GetDirectoryName(link) is not { } folder || !Directory.Exists(folder)) return;
        // What fails here (a full disk, a folder in the link's place) is left to the job, whose log tells of it.
        _ = MovedLink.TryPoint(link, Path.GetRelativePath(folder, log));
        if (run.IsForFluxGym() && Directory.Exists(run.OutputDir)) PointForFluxGym(run.OutputDir, link);
    }

    private static void PointForFluxGym(string folder, string current)
    {
        var link = Path.Combine(folder, "training.log");
        try
        {
            KeptAside.Move(link);
            _ = MovedLink.TryPoint(link, Path.GetRelativePath(folder, current));
        }
        catch (IOException) { }   // left to the job as well
    }
}
