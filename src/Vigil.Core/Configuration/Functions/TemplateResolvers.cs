using System.Text.RegularExpressions;
using Vigil.Configuration.Expressions;

namespace Vigil.Configuration.Functions;

/// <summary>Texts with a <c>%</c> in them, filled for each item of a list or a mapping.</summary>
internal static class TemplateResolvers
{
    public static FunctionResult Tmpl(PlainCall call) => Text(call, 0, out var template) ?? Answers.Text(call, Fill(template, Answers.Shown(call.Arguments[1])));

    public static FunctionResult MapTmpl(PlainCall call)
    {
        if (Text(call, 0, out var template) is { } refused) return refused;
        return Answers.Items(call.Arguments[1]) is { } items ? Answers.Row(call, items.Select(item => Answers.TextNode(call, Fill(template, Answers.Shown(item))))) : Answers.NoList(call, call.Arguments[1]);
    }

    public static FunctionResult MapKeyTmpl(PlainCall call)
    {
        if (Text(call, 1, out var template) is { } refused) return refused;
        var key = Answers.Shown(call.Arguments[0]);
        if (Answers.Items(call.Arguments[2]) is not { } items) return Answers.NoList(call, call.Arguments[2]);
        return Answers.Row(call, items.Select(item => new ConfigNode.Mapping(call.At, [new(key, call.At, Answers.TextNode(call, Fill(template, Answers.Shown(item))))])));
    }

    public static FunctionResult MapKeyValTmpl(PlainCall call)
    {
        if (Text(call, 0, out var template) is { } refused) return refused;
        if (call.Arguments[1] is not ConfigNode.Mapping map) return NoMapping(call, call.Arguments[1]);
        return Answers.Row(call, map.Entries.Select(entry =>
            Answers.TextNode(call, template.Replace("%k", entry.Key, StringComparison.Ordinal).Replace("%v", Answers.Shown(entry.Value), StringComparison.Ordinal))));
    }

    public static FunctionResult MapValTmpl(PlainCall call)
    {
        if (Text(call, 0, out var template) is { } refused) return refused;
        if (call.Arguments[1] is not ConfigNode.Mapping map) return NoMapping(call, call.Arguments[1]);
        return new FunctionResult.Given(new ConfigNode.Mapping(call.At,
            [.. map.Entries.Select(entry => entry with { Value = Answers.TextNode(call, template.Replace("%v", Answers.Shown(entry.Value), StringComparison.Ordinal)) })]));
    }

    public static FunctionResult MapCondTmpl(PlainCall call)
    {
        if ((Text(call, 0, out var pattern) ?? Text(call, 1, out var then) ?? Text(call, 2, out var otherwise)) is { } refused) return refused;
        if (Answers.Items(call.Arguments[3]) is not { } items) return Answers.NoList(call, call.Arguments[3]);
        if (Start(pattern) is not { } start) return new FunctionResult.Refused($"oc.mapcondtmpl cannot read the pattern '{pattern}'", "patterns know no look-around and no reference back to a group");
        then = Answers.Shown(call.Arguments[1]);
        otherwise = Answers.Shown(call.Arguments[2]);
        return Answers.Row(call, items.Select(item =>
        {
            var word = Answers.Shown(item);
            return Answers.TextNode(call, Fill(start.IsMatch(word) ? then : otherwise, word));
        }));
    }

    private static string Fill(string template, string word) => template.Replace("%", word, StringComparison.Ordinal);

    /// <summary>Python's <c>re.match</c>: at the start. In linear time, whatever the pattern.</summary>
    private static Regex? Start(string pattern)
    {
        try
        {
            var spelled = pattern.Replace("(?P<", "(?<", StringComparison.Ordinal).Replace(@"\Z", @"\z", StringComparison.Ordinal);
            return new Regex($@"\A(?:{spelled})", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        }
        catch (RegexParseException) { return null; }
        catch (NotSupportedException) { return null; }
    }

    private static FunctionResult.Refused? Text(PlainCall call, int argument, out string text)
    {
        var isText = Value.Of(call.Arguments[argument]) is Value.Text;
        text = isText ? Answers.Shown(call.Arguments[argument]) : "";
        return isText ? null : new($"{call.Name} takes a text with a % here, not {Binder.Describe(call.Arguments[argument])}");
    }

    private static FunctionResult.Refused NoMapping(PlainCall call, ConfigNode node) => new($"{call.Name} takes a mapping, not {Binder.Describe(node)}");
}
