using Vigil.Configuration;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>The secrets of the environment that a plan's interpolations asked for.</summary>
internal sealed class AskedSecrets(ResolverFunctions functions)
{
    private int _asked = -1;
    private List<(string Name, string Value)> _found = [];

    /// <summary>So far: resolving another tree may ask for more.</summary>
    public IReadOnlyList<(string Name, string Value)> Found
    {
        get
        {
            if (_asked == functions.Asked.Count) return _found;
            _asked = functions.Asked.Count;
            return _found = [.. functions.Asked.Where(static v => v.Value is { Length: > 0 } && Secrets.IsSecretName(v.Key)).Select(static v => (v.Key, v.Value!))];
        }
    }

    public bool StandIn(string text) => Found.Any(s => text.Contains(s.Value, StringComparison.Ordinal));
}
