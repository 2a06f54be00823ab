namespace Vigil.Cli;

/// <summary>Waiting that ends without an exception when somebody leaves.</summary>
internal static class Pause
{
    public static async Task ForAsync(TimeSpan time, TimeProvider clock, CancellationToken stop)
    {
        try
        {
            await Task.Delay(time, clock, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Leaving is what the caller looks at next.
        }
    }
}
