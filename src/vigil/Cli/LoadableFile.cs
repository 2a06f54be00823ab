namespace Vigil.Cli;

/// <summary>What a program may well load although its name has no known form of a checkpoint.</summary>
internal static class LoadableFile
{
    private const int Looked = 4096;

    private static readonly HashSet<string> Endings = new([".safetensors", ".ckpt", ".pt", ".pth", ".bin", ".pkl", ".distcp", ".npz", ".h5", ".keras", ".msgpack", ".gguf", ".onnx", ".metadata"], StringComparer.OrdinalIgnoreCase);

    /// <summary>A file of weights, or a folder with one right in it; also a file of bytes that are no text.</summary>
    public static bool IsAt(string path)
    {
        try
        {
            return Directory.Exists(path) ? Directory.EnumerateFiles(path).Any(HasEnding) : File.Exists(path) && (HasEnding(path) || IsBinary(path));
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException) { return false; }
    }

    private static bool HasEnding(string path) => Endings.Contains(Path.GetExtension(path));

    private static bool IsBinary(string path)
    {
        using var file = File.OpenHandle(path);
        var bytes = new byte[Looked];
        return bytes.AsSpan(0, RandomAccess.Read(file, bytes, 0)).Contains((byte)0);
    }
}
