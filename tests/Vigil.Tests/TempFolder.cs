namespace Vigil.Tests;

/// <summary>A folder that goes when the test ends.</summary>
internal sealed class TempFolder : IDisposable
{
    public TempFolder() : this(System.IO.Path.GetTempPath()) { }

    private TempFolder(string parent) => Path = Directory.CreateDirectory(System.IO.Path.Combine(parent, $"vigil-test-{Guid.NewGuid():n}")).FullName;

    /// <summary>In memory where the machine has such a place: for tests with very many flushes, whose number counts and not their time.</summary>
    public static TempFolder InMemory() => Directory.Exists("/dev/shm") ? new("/dev/shm") : new();

    public string Path { get; }

    public string this[params ReadOnlySpan<string> names] => System.IO.Path.Combine([Path, .. names]);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
