namespace Vigil.Configuration.Functions;

/// <summary>The functions that look at their arguments and the world alone.</summary>
internal static class FunctionTable
{
    public static IReadOnlyCollection<string> Names => [];

    public static PlainFunction? Find(string name) => null;
}
