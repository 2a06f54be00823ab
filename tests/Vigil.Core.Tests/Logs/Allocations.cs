namespace Vigil.Core.Tests.Logs;

/// <summary>What a repeated piece of work allocates on this thread.</summary>
internal static class Allocations
{
    /// <summary>The least of several times: the runtime's own work on this thread, such as compiling the piece anew, is not the piece's.</summary>
    public static long Least(Action work)
    {
        var least = long.MaxValue;
        for (var time = 0; time < 5 && least > 0; time++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            work();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
