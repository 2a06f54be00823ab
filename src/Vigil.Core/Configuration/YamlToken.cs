namespace Vigil.Configuration;

/// <summary>The words YAML is made of, once indentation has been turned into beginnings and ends.</summary>
internal enum YamlTokenKind
{
    End, Directive, DocumentStart, DocumentEnd,
    BlockSequence, BlockMapping, BlockEnd, BlockEntry,
    FlowSequence, FlowSequenceEnd, FlowMapping, FlowMappingEnd, FlowEntry,
    Key, Value, Alias, Anchor, Tag, Plain, Quoted,
}

/// <summary>One word and where it begins.</summary>
/// <param name="Text">A scalar's text, an anchor's or alias's name, a whole tag, a directive's line.</param>
internal sealed record YamlToken(YamlTokenKind Kind, YamlMark At, string Text = "");

/// <summary>A place: all of it counted from 0.</summary>
internal readonly record struct YamlMark(int Index, int Line, int Column);
