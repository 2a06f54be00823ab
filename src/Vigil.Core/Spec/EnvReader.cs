using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Vigil.Configuration;

namespace Vigil.Spec;

/// <summary>Reads what is exported to the run: <c>job.env</c>, and <c>backend.env</c> over it.</summary>
internal static partial class EnvReader
{
    public static ImmutableSortedDictionary<string, string> Read(ConfigNode.Mapping tree, DiagnosticBag report)
    {
        var env = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var section in new[] { "job", "backend" })
            if (Merging.Find(tree, [section, "env"]) is { } node) Read(node, section, env, report);
        return env.ToImmutable();
    }

    private static void Read(ConfigNode node, string section, ImmutableSortedDictionary<string, string>.Builder env, DiagnosticBag report)
    {
        if (ScalarValue.IsNull(node)) return;
        if (node is not ConfigNode.Mapping map)
        {
            report.Error("CFG041", node.At, $"'{section}.env' must be a mapping of variables, not {Binder.Describe(node)}");
            return;
        }
        foreach (var entry in map.Entries)
        {
            if (!NameForm.IsMatch(entry.Key)) report.Error("CFG058", entry.KeyAt, $"'{entry.Key}' cannot be the name of an environment variable", "letters, digits and _; no digit first");
            else if (entry.Value is not ConfigNode.Scalar value) report.Error("CFG041", entry.Value.At, $"'{section}.env.{entry.Key}' must be a text, not {Binder.Describe(entry.Value)}");
            else env[entry.Key] = ScalarValue.IsNull(value) ? "" : value.Text;
        }
    }

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex NameForm { get; }
}
