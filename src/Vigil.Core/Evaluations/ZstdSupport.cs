namespace Vigil.Evaluations;

/// <summary>Whether zstd can be unpacked here; the core has no code for it.</summary>
public abstract record ZstdSupport
{
    private ZstdSupport() { }

    /// <param name="Open">A stream of what is packed in the given one; bad data is an <see cref="InvalidDataException"/> when it is read.</param>
    public sealed record Here(Func<Stream, Stream> Open) : ZstdSupport;

    /// <param name="Why">A sentence for the user, with what to install.</param>
    public sealed record Missing(string Why) : ZstdSupport;
}
