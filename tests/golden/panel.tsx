import React, { useState, type ReactNode } from "react";

interface PanelProps {
  title: string;
  children?: ReactNode;
}

/** A panel that opens. */
export const Panel: React.FC<PanelProps> = ({ title, children }) => {
  const [open, setOpen] = useState<boolean>(false);
  const toggle = () => setOpen(!open);
  return (
    <section className="panel" onClick={toggle}>
      <Title text={title} />
      {open && <div>{children}</div>}
    </section>
  );
};

function Title({ text }: { text: string }) {
  return <h1>{text}</h1>;
}

export default class Board extends React.Component<PanelProps, { count: number }> {
  state = { count: 0 };
  static defaultProps: Partial<PanelProps> = {};

  private increment = () => this.setState({ count: this.state.count + 1 });

  render() {
    return (
      <Panel title={this.props.title}>
        <button onClick={this.increment}>{this.state.count}</button>
        <Context.Provider value={1} />
      </Panel>
    );
  }
}

export const useBoard = <T,>(value: T) => useState<T>(value)[0];
