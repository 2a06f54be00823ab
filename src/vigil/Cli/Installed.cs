namespace Vigil.Cli;

/// <summary>The name under which this program is to be started again, also in a year.</summary>
internal static class Installed
{
    private const string LauncherBuilds = "/.artifacts/launcher/";

    public static string Program => Of(Environment.ProcessPath ?? throw new InvalidOperationException("this program does not know its own path"));

    /// <summary>Builds of a checkout come and go; its launcher stays.</summary>
    internal static string Of(string path)
    {
        var at = path.IndexOf(LauncherBuilds, StringComparison.Ordinal);
        return at > 0 && File.Exists($"{path[..at]}/vigil") ? $"{path[..at]}/vigil" : path;
    }
}
