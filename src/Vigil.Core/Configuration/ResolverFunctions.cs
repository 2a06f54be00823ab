using System.Collections.Immutable;
using Vigil.Configuration.Functions;

namespace Vigil.Configuration;

/// <summary>
/// The functions behind <c>${name:…}</c>: those that look at the tree, then those of the table. The environment is read once a plan, so that all runs see the same.
/// </summary>
/// <param name="folder">Absolute: where relative paths in arguments start.</param>
/// <param name="table">Where the functions come from that do not look at the tree; null for Vigil's own.</param>
internal sealed class ResolverFunctions(ConfigWorld world, string folder = "/", Func<string, PlainFunction?>? table = null)
{
    private readonly Dictionary<string, string?> _environment = [];
    private ConfigWorld? _frozen;

    /// <summary>The variables of the environment that were asked for so far, with their values.</summary>
    public IReadOnlyDictionary<string, string?> Asked => _environment;

    /// <summary>The world, each of its variables asked for once.</summary>
    public ConfigWorld World => _frozen ??= world with { Environment = Read };

    public Found? Evaluate(Resolver resolver, TemplatePart.Invocation call, ConfigNode.Scalar scalar, Trail? at)
    {
        if (Name(resolver, call, scalar, at) is not { } name) return null;
        var arguments = ImmutableArray.CreateBuilder<Found>(call.Arguments.Length);
        foreach (var argument in call.Arguments)
            if (Argument(resolver, argument, scalar, at) is { } found) arguments.Add(found);
        if (arguments.Count < call.Arguments.Length) return null;
        if (TreeFunctions.Find(name) is { } function) return function(new(resolver, this, call, scalar, at, arguments.MoveToImmutable()));
        return (table is null ? FunctionTable.Find(name) : table(name)) is { } plain ? Plain(resolver, plain, name, call, scalar, at, arguments.MoveToImmutable()) : Unknown(resolver, name, call, scalar);
    }

    private static Found? Unknown(Resolver resolver, string name, TemplatePart.Invocation call, ConfigNode.Scalar scalar)
    {
        var hint = name == "hydra" ? "hydra: names the run-time settings of Hydra, which is not what runs here" : Suggestion.Hint(name, [.. TreeFunctions.Names, .. FunctionTable.Names]);
        resolver.Report("CFG025", scalar.At, $"{call.Source} asks for '{name}', which is not known here", hint);
        return null;
    }

    private Found? Plain(Resolver resolver, PlainFunction function, string name, TemplatePart.Invocation call, ConfigNode.Scalar scalar, Trail? at, ImmutableArray<Found> arguments)
    {
        var values = ImmutableArray.CreateBuilder<ConfigNode>(arguments.Length);
        foreach (var argument in arguments) values.Add(resolver.Finish(argument));
        switch (function(new(name, scalar.At, values.MoveToImmutable(), World, folder) { Setting = path => Setting(resolver, path, at) }))
        {
            case FunctionResult.Given { Value: var value, Warnings: var warnings }:
                foreach (var warning in warnings) resolver.Warn(warning.Code, warning.At, warning.Message, warning.Hint);
                return Found.Made(AsText(value));
            case FunctionResult.Refused { Message: var message, Hint: var hint }:
                resolver.Report("CFG026", scalar.At, $"{TextRules.Shorten(call.Source, 80)}: {message}", hint);
                return null;
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    private static ConfigNode? Setting(Resolver resolver, string path, Trail? at) =>
        resolver.Locate(path, at) is { Miss: Resolver.Miss.None } located && resolver.Settle(located.Last) is { } found ? resolver.Finish(found) : null;

    /// <summary>Evaluates one argument: a node of the tree stays one, everything else becomes a finished value.</summary>
    internal static Found? Argument(Resolver resolver, TemplateArgument argument, ConfigNode.Scalar scalar, Trail? at)
    {
        switch (argument)
        {
            case TemplateArgument.Constant { Value: var value }: return Found.Made(ConfigNode.Scalar.Of(scalar.At, value));
            case TemplateArgument.Whole { Part: var part }: return resolver.Evaluate(part, scalar, at);
            case TemplateArgument.Built { Text: var template }: return resolver.Build(template, scalar, at) is { } text ? Found.Made(ConfigNode.Scalar.Made(scalar.At, text)) : null;
            case TemplateArgument.List { Items: var items }:
                var list = new Assembly(resolver, scalar, at);
                return list.Parts(items) is { } nodes ? Found.Made(new ConfigNode.Sequence(scalar.At, nodes), list.Embedded) : null;
            case TemplateArgument.Dict { Entries: var entries }:
                var (map, values) = (new EntryList(), new Assembly(resolver, scalar, at));
                if (values.Parts([.. entries.Select(static e => e.Value)]) is not { } made) return null;
                for (var i = 0; i < made.Length; i++) map.Set(ConfigEntry.Of(entries[i].Key, scalar.At, made[i]));
                return Found.Made(new ConfigNode.Mapping(scalar.At, map.ToImmutable()), values.Embedded);
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>The parts of one list or dict among the arguments.</summary>
    private sealed class Assembly(Resolver resolver, ConfigNode.Scalar scalar, Trail? at)
    {
        /// <summary>Containers of the tree among the parts; null when there are none.</summary>
        public Dictionary<ConfigNode, Trail?>? Embedded { get; private set; }

        /// <summary>Null when one of them failed.</summary>
        public ImmutableArray<ConfigNode>? Parts(ImmutableArray<TemplateArgument> arguments)
        {
            var parts = ImmutableArray.CreateBuilder<ConfigNode>(arguments.Length);
            foreach (var argument in arguments)
            {
                if (Argument(resolver, argument, scalar, at) is not { } found) continue;
                parts.Add(found.Node);
                if (found is { IsLive: true, Node: not ConfigNode.Scalar }) Embed(found.Node, found.At);
                foreach (var (node, place) in found.Embedded ?? Nothing) Embed(node, place);
            }
            return parts.Count == arguments.Length ? parts.MoveToImmutable() : null;
        }

        private static Dictionary<ConfigNode, Trail?> Nothing { get; } = [];

        private void Embed(ConfigNode node, Trail? place) => (Embedded ??= new(ReferenceEqualityComparer.Instance))[node] = place;
    }

    private static string? Name(Resolver resolver, TemplatePart.Invocation call, ConfigNode.Scalar scalar, Trail? at)
    {
        if (call.Name is [{ Inner: null } only]) return only.Word;
        var words = new List<string>(call.Name.Length);
        foreach (var part in call.Name)
        {
            if (resolver.Word(part, call.Source, scalar, at) is not { } word) return null;
            words.Add(word);
        }
        return string.Join('.', words);
    }

    /// <summary>A function's texts are texts, whatever stands in them.</summary>
    private static ConfigNode AsText(ConfigNode node) => node switch
    {
        ConfigNode.Scalar { Interpolates: true } scalar => new ConfigNode.Scalar(scalar.At, scalar.Text, ScalarStyle.Literal),
        ConfigNode.Sequence list => new ConfigNode.Sequence(list.At, [.. list.Items.Select(AsText)]),
        ConfigNode.Mapping map => new ConfigNode.Mapping(map.At, [.. map.Entries.Select(static e => e with { Value = AsText(e.Value) })]),
        _ => node,
    };

    private string? Read(string name)
    {
        if (!_environment.TryGetValue(name, out var value)) _environment[name] = value = world.Environment(name);
        return value;
    }
}
