using System.Collections.Immutable;

namespace Vigil.Configuration;

/// <summary>One call of a function that looks at the tree, its arguments evaluated.</summary>
/// <param name="At">The place of the text that calls; what is made hangs there.</param>
internal sealed record TreeCall(Resolver Resolver, ResolverFunctions Functions, TemplatePart.Invocation Call, ConfigNode.Scalar Scalar, Trail? At, ImmutableArray<Found> Arguments)
{
    public Found? Refuse(string message, string? hint = null)
    {
        Resolver.Report("CFG026", Scalar.At, $"{Call.Source}: {message}", hint);
        return null;
    }

    /// <summary>The text an argument is; null when it is something else.</summary>
    public string? Text(int argument) => Arguments[argument].Node is ConfigNode.Scalar { Value: ScalarValue.Text or ScalarValue.Missing } scalar ? scalar.Text : null;
}

/// <summary>OmegaConf's own functions, which look at the tree they stand in.</summary>
internal static class TreeFunctions
{
    public static readonly ImmutableArray<string> Names = ["oc.create", "oc.decode", "oc.deprecated", "oc.dict.keys", "oc.dict.values", "oc.env", "oc.select"];

    public static Func<TreeCall, Found?>? Find(string name) => name switch
    {
        "oc.create" => Create,
        "oc.decode" => Decode,
        "oc.deprecated" => Deprecated,
        "oc.dict.keys" => Keys,
        "oc.dict.values" => Values,
        "oc.env" => Env,
        "oc.select" => Select,
        _ => null,
    };

    private static Found? Env(TreeCall call)
    {
        const string form = "write ${oc.env:NAME} or ${oc.env:NAME,default}";
        if (call.Arguments.Length is not (1 or 2) || call.Text(0) is not { } variable) return call.Refuse("oc.env takes the name of a variable and perhaps a default", form);
        if (variable.Length > 0 && call.Functions.World.Environment(variable) is { } value) return Found.Made(ConfigNode.Scalar.Made(call.Scalar.At, value));
        if (call.Arguments is [_, var fallback])
            return Found.Made(ScalarValue.IsNull(fallback.Node) ? fallback.Node : ConfigNode.Scalar.Made(call.Scalar.At, Resolver.Text(fallback.Node)));
        call.Resolver.Report("CFG027", call.Scalar.At, $"the environment variable '{variable}' is not set", variable.Length > 0 ? $"set it, or give a default: ${{oc.env:{variable},default}}" : form);
        return null;
    }

    private static Found? Select(TreeCall call)
    {
        if (call.Arguments.Length is not (1 or 2) || call.Text(0) is not { } path) return call.Refuse("oc.select takes the path of a key as a text and perhaps a default", "write ${oc.select:a.b} or ${oc.select:'a.b',default}");
        return Place(call, path, out var absent) is { } found ? found
            : !absent ? null
            : call.Arguments is [_, var fallback] ? fallback : Found.Made(ConfigNode.Scalar.Of(call.Scalar.At, ScalarValue.Null.Instance));
    }

    /// <summary>What stands at a path; null when nothing does (absent) or when looking failed, which is reported.</summary>
    private static Found? Place(TreeCall call, string path, out bool absent)
    {
        var located = call.Resolver.Locate(path, call.At);
        absent = located.Miss is Resolver.Miss.Absent or Resolver.Miss.NotInside or Resolver.Miss.Unset;
        if (located.Miss is Resolver.Miss.None)
        {
            absent = located.Last.Node is ConfigNode.Scalar { Text: "???" };
            return absent ? null : call.Resolver.Settle(located.Last);
        }
        if (located.Miss is Resolver.Miss.AboveTop) return call.Refuse($"'{path}' reaches above the top of the file");
        if (located.Miss is Resolver.Miss.NoIndex) return call.Refuse($"'{path}' looks for '{located.Word}' in a list", "name an element by its number, from 0");
        return null;
    }

    private static Found? Decode(TreeCall call)
    {
        if (call.Arguments is not [var given]) return call.Refuse("oc.decode takes one text");
        if (ScalarValue.IsNull(given.Node)) return given;
        if (call.Text(0) is not { } text) return call.Refuse("oc.decode takes a text, not a value that has its type already", "put the argument in quotes");
        if (TemplateParser.ParseElement(text, out var mistake) is not { } element) return call.Refuse($"'{text}' cannot be read: {mistake}");
        if (!call.Resolver.EnterText(call.Scalar.At, text.Length)) return null;
        var found = ResolverFunctions.Argument(call.Resolver, element, call.Scalar, call.At);
        call.Resolver.LeaveText();
        return found;
    }

    private static Found? Create(TreeCall call)
    {
        if (call.Arguments is not [var given]) return call.Refuse("oc.create takes one section, list or text in YAML");
        if (ScalarValue.IsNull(given.Node)) return given;
        if (given.Node is not ConfigNode.Scalar) return Grown(call, Alive(given.Node));
        return call.Text(0) is { } text ? Parse(call, text) : call.Refuse("oc.create takes one section, list or text in YAML");
    }

    private static Found? Parse(TreeCall call, string text)
    {
        var mistakes = new DiagnosticBag();
        var node = YamlReader.Read(new SourceFile("", "", text), mistakes);
        if (mistakes.HasErrors) return call.Refuse($"this is not YAML: {mistakes.All[0].Message}");
        switch (node)
        {
            case null: throw new System.Diagnostics.UnreachableException();
            case ConfigNode.Scalar { Value: ScalarValue.Text or ScalarValue.Missing } word:
                return new Found(new ConfigNode.Mapping(call.Scalar.At, [new(word.Text, call.Scalar.At, ConfigNode.Scalar.Of(call.Scalar.At, ScalarValue.Null.Instance))]), call.At);
            case ConfigNode.Scalar: return call.Refuse("oc.create takes one section, list or text in YAML");
            default: return Grown(call, Placed(node, call.Scalar.At));
        }
    }

    /// <summary>What was made hangs where the call stands; a text in it that is no interpolation cannot become a part of the tree.</summary>
    private static Found? Grown(TreeCall call, ConfigNode node) =>
        call.Resolver.BrokenText(node) is { } broken ? call.Refuse($"this makes a text that is not a valid interpolation: {broken}") : new Found(node, call.At);

    private static Found? Keys(TreeCall call) => Section(call, out _) is not { } map ? null
        : new Found(new ConfigNode.Sequence(call.Scalar.At, [.. map.Entries.Select(e => (ConfigNode)ConfigNode.Scalar.Of(call.Scalar.At, e.KeyValue))]), call.At);

    /// <summary>The values as references, one level deeper than the call: a relative path needs one more dot.</summary>
    private static Found? Values(TreeCall call)
    {
        if (Section(call, out var path) is not { } map) return null;
        var above = path.StartsWith('.') ? "." + path : path;
        return Grown(call, new ConfigNode.Sequence(call.Scalar.At, [.. map.Entries.Select(e => (ConfigNode)new ConfigNode.Scalar(call.Scalar.At, $"${{{above}.{e.Key}}}", ScalarStyle.Quoted))]));
    }

    private static ConfigNode.Mapping? Section(TreeCall call, out string path)
    {
        path = "";
        if (call.Arguments is not [_] || call.Text(0) is not { } given) { call.Refuse("this takes the path of a section as a text"); return null; }
        path = given;
        if (Place(call, path, out var absent) is not { } found)
        {
            if (absent) call.Refuse($"there is nothing at '{path}'");
            return null;
        }
        if (found.Node is ConfigNode.Mapping map && found.IsLive) return map;
        call.Refuse($"'{path}' is not a section with keys");
        return null;
    }

    private static Found? Deprecated(TreeCall call)
    {
        if (call.Arguments.Length is not (1 or 2) || call.Text(0) is not { } path || call.Arguments.Length == 2 && call.Text(1) is null)
            return call.Refuse("oc.deprecated takes the new key and perhaps a message, both texts");
        var located = call.Resolver.Locate(path, call.At);
        if (located.Miss is not Resolver.Miss.None and not Resolver.Miss.Failed) return call.Refuse($"there is no key '{path}'");
        if (located.Miss is Resolver.Miss.Failed || call.Resolver.Settle(located.Last) is not { } found) return null;
        var message = call.Arguments.Length == 2 ? call.Text(1)! : "'$OLD_KEY' is deprecated. Use '$NEW_KEY' instead";
        call.Resolver.Warn("CFG116", call.Scalar.At, Named(Named(message, "OLD_KEY", call.At?.Path ?? ""), "NEW_KEY", located.Last.At?.Path ?? path));
        return found;
    }

    private static string Named(string message, string name, string value) =>
        message.Replace("${" + name + "}", value, StringComparison.Ordinal).Replace("$" + name, value, StringComparison.Ordinal);

    /// <summary>What a function gave becomes a part of the tree again, and so do the interpolations its texts hold.</summary>
    private static ConfigNode Alive(ConfigNode node) => node switch
    {
        ConfigNode.Scalar { Style: ScalarStyle.Literal } scalar => new ConfigNode.Scalar(scalar.At, scalar.Text, ScalarStyle.Quoted),
        ConfigNode.Sequence list => new ConfigNode.Sequence(list.At, [.. list.Items.Select(Alive)]),
        ConfigNode.Mapping map => new ConfigNode.Mapping(map.At, [.. map.Entries.Select(static e => e with { Value = Alive(e.Value) })]),
        _ => node,
    };

    /// <summary>A tree from a text in the file gets that text's place.</summary>
    private static ConfigNode Placed(ConfigNode node, SourceSpan at) => node switch
    {
        ConfigNode.Scalar scalar => new ConfigNode.Scalar(at, scalar.Text, scalar.Style),
        ConfigNode.Sequence list => new ConfigNode.Sequence(at, [.. list.Items.Select(i => Placed(i, at))]),
        ConfigNode.Mapping map => new ConfigNode.Mapping(at, [.. map.Entries.Select(e => e with { KeyAt = at, Value = Placed(e.Value, at) })]),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
