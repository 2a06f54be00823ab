using System.Text.RegularExpressions;
using Vigil.Configuration;

namespace Vigil.Spec;

/// <summary>Fills a template of a channel when it is used.</summary>
public static partial class ChannelText
{
    /// <summary>The text; null when a variable is not set, or something else than the environment is asked for.</summary>
    public static string? Fill(string template, Func<string, string?> environment)
    {
        if (!template.Contains("${", StringComparison.Ordinal)) return template;
        var report = new DiagnosticBag();
        var scalar = new ConfigNode.Scalar(SourceSpan.None, template, ScalarStyle.Quoted);
        var root = new ConfigNode.Mapping(SourceSpan.None, [new ConfigEntry("text", SourceSpan.None, scalar)]);
        var resolver = new Resolver(root, new TemplateCache(DollarRule.Escapes), new ResolverFunctions(new ConfigWorld(environment, default)), report);
        return resolver.ResolveAll()["text"] is ConfigNode.Scalar text && !report.HasErrors && !resolver.Failed ? text.Text : null;
    }

    /// <summary>Whether a mail can be sent to it: <c>name@host</c> in ASCII, and nothing that a mail's head would read as more.</summary>
    public static bool IsMailAddress(string text) => MailAddress.IsMatch(text);

    [GeneratedRegex(@"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex MailAddress { get; }
}
