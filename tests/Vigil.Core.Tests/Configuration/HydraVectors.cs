using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Vigil.Core.Tests.Configuration;

/// <summary>The conformance vectors that lie beside the tests.</summary>
internal static class HydraVectors
{
    public static JsonElement Read(string file) => JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder(), file))).RootElement;

    private static string Folder([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "Vectors");
}
