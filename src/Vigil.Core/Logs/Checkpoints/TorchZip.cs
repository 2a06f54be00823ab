using Vigil.Logs.Zips;

namespace Vigil.Logs.Checkpoints;

/// <summary>What torch.save writes: a zip without compression. It is whole when its list of contents, which is written last, is there and fits.</summary>
internal static class TorchZip
{
    public enum Layout
    {
        One,

        /// <summary>Zips one behind the other, as distributed checkpoints have them: places count from where the last one begins.</summary>
        Several,
    }

    public static string? Fault(long length, ReadAt read, Layout layout)
    {
        if (ZipEnd.Find(length, read, out var end) is { } fault) return fault;
        if (layout is Layout.One ? end.Offset != end.At : end.Offset > end.At) return "is a zip whose list of contents is not where it says";
        return end.Count == 0 ? "is an empty zip" : ZipDirectory.Visit(end, read, static (_, _) => { });
    }
}
