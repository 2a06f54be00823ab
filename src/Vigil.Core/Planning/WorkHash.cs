using System.Security.Cryptography;
using System.Text;
using Vigil.Configuration;

namespace Vigil.Planning;

/// <summary>
/// The hash of what a run's attempts see of its configuration: all but the rules and conditions that watch over it. Those may change while it runs.
/// Null where nothing of that kind is set: then it is the hash of the whole.
/// </summary>
internal sealed class WorkHash(YamlEmitter yaml)
{
    private static readonly HashSet<string> WatchKeys = new([.. Conditions.StartKeys, .. Conditions.CancelKeys, .. LifecycleReader.Keys], StringComparer.Ordinal);

    private ConfigNode? _lastSection;
    private string _lastText = "";

    /// <param name="text">The tree as it is frozen.</param>
    public string? Of(ConfigNode.Mapping tree, string text)
    {
        // Few experiments set one of these beside the section; the section alone is cut out of the text that is there.
        if (HasKeys(tree) || tree["job"] is ConfigNode.Mapping job && HasKeys(job)) return Hash(yaml.Emit(Without(tree)), "");
        if (tree.Entries.FirstOrDefault(static e => e.Key == "monitoring") is not { Value: { } section } entry) return null;
        if (!ReferenceEquals(section, _lastSection)) (_lastSection, _lastText) = (section, yaml.Emit(new ConfigNode.Mapping(tree.At, [entry])));
        for (var at = text.IndexOf(_lastText, StringComparison.Ordinal); at >= 0; at = text.IndexOf(_lastText, at + 1, StringComparison.Ordinal))
            if (at == 0 || text[at - 1] == '\n') return Hash(text.AsSpan(0, at), text.AsSpan(at + _lastText.Length));
        return Hash(yaml.Emit(Without(tree)), "");
    }

    private static bool HasKeys(ConfigNode.Mapping map)
    {
        foreach (var entry in map.Entries)
            if (WatchKeys.Contains(entry.Key)) return true;
        return false;
    }

    private static ConfigNode.Mapping Without(ConfigNode.Mapping tree) => new(tree.At,
    [
        .. tree.Entries.Where(static e => e.Key != "monitoring" && !WatchKeys.Contains(e.Key))
            .Select(static e => e is { Key: "job", Value: ConfigNode.Mapping job } ? e with { Value = new ConfigNode.Mapping(job.At, [.. job.Entries.Where(static j => !WatchKeys.Contains(j.Key))]) } : e)
            .Where(static e => e is not { Key: "job", Value: ConfigNode.Mapping { Entries.IsEmpty: true } }),
    ]);

    private static string Hash(ReadOnlySpan<char> before, ReadOnlySpan<char> after)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(Math.Max(before.Length, after.Length))];
        hash.AppendData(bytes.AsSpan(0, Encoding.UTF8.GetBytes(before, bytes)));
        hash.AppendData(bytes.AsSpan(0, Encoding.UTF8.GetBytes(after, bytes)));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
