namespace Vigil.Monitor;

/// <summary>Overrides as they were typed.</summary>
internal static class OverrideText
{
    /// <summary>The key without its sign.</summary>
    public static string KeyOf(string typed) => typed.Split('=')[0].TrimStart('+', '~').Trim();
}
