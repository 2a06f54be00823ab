using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Vigil.Logs;

/// <summary>Short texts that thousands of logs have in common, such as the names of metrics, each kept once. Not to be written to.</summary>
internal static class SharedBytes
{
    /// <summary>Logs may hold anything: what comes after so many is kept by whoever asks.</summary>
    private const int Most = 8192;

    private static readonly ConcurrentDictionary<byte[], byte[]> Known = new(new ByContent());
    private static readonly ConcurrentDictionary<byte[], byte[]>.AlternateLookup<ReadOnlySpan<byte>> Lookup = Known.GetAlternateLookup<ReadOnlySpan<byte>>();

    private static int _count;

    public static byte[] Of(ReadOnlySpan<byte> text)
    {
        if (Lookup.TryGetValue(text, out var known)) return known;
        var own = text.ToArray();
        if (Volatile.Read(ref _count) >= Most) return own;
        Interlocked.Increment(ref _count);
        return Known.GetOrAdd(own, own);
    }

    private sealed class ByContent : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public bool Equals(byte[]? one, byte[]? other) => one.AsSpan().SequenceEqual(other);
        public bool Equals(ReadOnlySpan<byte> one, byte[] other) => one.SequenceEqual(other);
        public int GetHashCode([DisallowNull] byte[] text) => GetHashCode(text.AsSpan());
        public byte[] Create(ReadOnlySpan<byte> text) => text.ToArray();

        public int GetHashCode(ReadOnlySpan<byte> text)
        {
            var hash = new HashCode();
            hash.AddBytes(text);
            return hash.ToHashCode();
        }
    }
}
