namespace Vigil.Configuration;

/// <summary>The functions behind <c>${name:…}</c>: a table from name to what it gives. The environment is read once a plan, so that all runs see the same.</summary>
internal sealed class ResolverFunctions(ConfigWorld world)
{
    private delegate ConfigNode? Function(Resolver resolver, CallSite call);

    /// <summary>One call at its place, its arguments already evaluated.</summary>
    private sealed record CallSite(TemplatePart.Invocation Call, ConfigNode.Scalar Scalar, IReadOnlyList<ConfigNode> Arguments);

    private readonly Dictionary<string, string?> _environment = [];

    public ConfigNode? Evaluate(Resolver resolver, TemplatePart.Invocation call, ConfigNode.Scalar scalar, Trail? at)
    {
        if (Name(resolver, call, scalar, at) is not { } name) return null;
        if (Find(name) is not { } function)
        {
            resolver.Report("CFG025", scalar.At, $"{call.Source} asks for '{name}', which is not known here", Suggestion.Hint(name, Names));
            return null;
        }
        var arguments = new List<ConfigNode>(call.Arguments.Length);
        foreach (var argument in call.Arguments) arguments.Add(resolver.Resolve(Placed(argument, scalar.At), at));
        return function(resolver, new(call, scalar, arguments));
    }

    private static readonly string[] Names = ["oc.env"];

    private Function? Find(string name) => name switch
    {
        "oc.env" => Env,
        _ => null,
    };

    private static string? Name(Resolver resolver, TemplatePart.Invocation call, ConfigNode.Scalar scalar, Trail? at)
    {
        if (call.Name.All(static k => k.Inner is null)) return string.Join('.', call.Name.Select(static k => k.Word));
        var words = new List<string>();
        foreach (var part in call.Name)
        {
            var word = part.Inner is null ? part.Word : resolver.Inner(part.Inner, scalar, at);
            if (word is null) return null;
            words.Add(word);
        }
        return string.Join('.', words);
    }

    private ConfigNode? Env(Resolver resolver, CallSite site)
    {
        if (site.Arguments is not [ConfigNode.Scalar name, ..] || site.Arguments.Count > 2 || ScalarValue.Of(name) is not ScalarValue.Text { Value.Length: > 0 } variable)
        {
            resolver.Report("CFG026", site.Scalar.At, $"{site.Call.Source}: oc.env takes the name of a variable and perhaps a default", "write ${oc.env:NAME} or ${oc.env:NAME,default}");
            return null;
        }
        if (Read(variable.Value) is { } value) return new ConfigNode.Scalar(site.Scalar.At, value, ScalarStyle.Quoted);
        if (site.Arguments is [_, var fallback])
            return ScalarValue.IsNull(fallback) ? fallback : new ConfigNode.Scalar(site.Scalar.At, Resolver.Text(fallback), ScalarStyle.Quoted);
        resolver.Report("CFG027", site.Scalar.At, $"the environment variable {variable.Value} is not set", $"set it, or give a default: ${{oc.env:{variable.Value},default}}");
        return null;
    }

    private string? Read(string name)
    {
        if (!_environment.TryGetValue(name, out var value)) _environment[name] = value = world.Environment(name);
        return value;
    }

    /// <summary>Arguments were parsed once for all places where the same text stands; here they get the place of this one.</summary>
    private static ConfigNode Placed(ConfigNode node, SourceSpan at) => node switch
    {
        ConfigNode.Scalar scalar => new ConfigNode.Scalar(at, scalar.Text, scalar.Style),
        ConfigNode.Sequence list => new ConfigNode.Sequence(at, [.. list.Items.Select(i => Placed(i, at))]),
        ConfigNode.Mapping map => new ConfigNode.Mapping(at, [.. map.Entries.Select(e => e with { Value = Placed(e.Value, at) })]),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
